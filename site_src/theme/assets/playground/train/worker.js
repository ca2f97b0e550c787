// A trainer beside the page; the worker's name is that of the view.

import { trainer } from "./trainers.js";

const own = trainer(name);
onmessage = ({ data }) => postMessage(own.answer(data));
