// Who trains for which view.

import { DigitsTrainer } from "./digits.js";
import { LineTrainer } from "./line.js";

export const trainer = (view) => new { learn: DigitsTrainer, line: LineTrainer }[view]();
