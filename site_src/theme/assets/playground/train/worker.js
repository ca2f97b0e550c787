// A trainer beside the page.

import { Trainer } from "./trainer.js";

const trainer = new Trainer();
onmessage = ({ data }) => postMessage(trainer.answer(data));
