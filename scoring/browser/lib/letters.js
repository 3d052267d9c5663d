/* Bytes in the letters of a page: five for four bytes, a sixteenth shorter than base64. */

// As `base64.b85encode` of Python has it, with a comma for the mark that could end a script.
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
const LAST = LETTERS.length - 1;

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function fromLetters(text) {
  const values = new Map(Array.from(LETTERS, (letter, value) => [letter, value]));
  const bytes = new DataView(new ArrayBuffer(4 * Math.ceil(text.length / 5)));
  for (let at = 0; at < text.length; at += 5) {
    let sum = 0;
    for (let place = at; place < at + 5; place += 1) sum = sum * 85 + (values.get(text[place]) ?? LAST);
    bytes.setUint32((at / 5) * 4, sum);
  }
  return new Uint8Array(bytes.buffer, 0, Math.floor((text.length * 4) / 5));
}
