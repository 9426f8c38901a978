/** The system contradicts itself. The message says where and how, and what each side has. */
export class Difference extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Difference';
  }
}
