// A search beside the page.

import { Network } from "./network.js";
import { search } from "./search.js";

const straight = async () => {}; // nobody waits here for anything else

onmessage = async ({ data: { arrays, image, known } }) => {
  const code = await search(new Network(arrays), image, known, straight, (share) => postMessage({ share }));
  postMessage({ code });
};
