/** The server's bounds: bcrypt reads no more than 72 bytes. */
const minPasswordBytes = 8;
const maxPasswordBytes = 72;

const encoder = new TextEncoder();

/** What is wrong with a new password, or undefined. */
export function passwordProblem(password: string): string | undefined {
  const bytes = encoder.encode(password).length;
  if (bytes === 0) return "Choose a password.";
  if (bytes < minPasswordBytes) return `At least ${minPasswordBytes} characters are needed.`;
  if (bytes > maxPasswordBytes) return `At most ${maxPasswordBytes} bytes are possible; accents and symbols count for several.`;
  return undefined;
}

export interface PasswordStrength {
  /** 0 for one that is refused, up to 4. */
  level: 0 | 1 | 2 | 3 | 4;
  text: string;
}

/**
 * How long guessing would take depends on length before all else, so that is what is judged. The same few characters over
 * and over add nothing.
 */
export function passwordStrength(password: string): PasswordStrength {
  const bytes = encoder.encode(password).length;
  if (bytes < minPasswordBytes) {
    const missing = minPasswordBytes - bytes;
    return { level: 0, text: bytes === 0 ? `At least ${minPasswordBytes} characters. Several words are stronger than one with signs.` : `${missing} more ${missing === 1 ? "character" : "characters"} needed.` };
  }
  if (bytes > maxPasswordBytes) return { level: 0, text: `Too long: ${bytes} of at most ${maxPasswordBytes} bytes.` };
  const length = Math.min(bytes, new Set(password).size * 2);
  if (length < 10) return { level: 1, text: "Weak: accepted, but short or repetitive." };
  if (length < 14) return { level: 2, text: "Fair. A few more characters make it strong." };
  if (length < 18) return { level: 3, text: "Strong." };
  return { level: 4, text: "Very strong." };
}
