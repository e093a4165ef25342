export function addOne(n) {
  return n + 1;
}

export function echo(item) {
  return item;
}

export function heavy(rounds) {
  let x = 1;
  for (let i = 0; i < rounds; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i | 0;
  return x;
}
