package io.holdfast.fence;

import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockName;

/**
 * A fencing token on its way to the service that guards the resource, as the value of an HTTP
 * header: {@code orders;token=00000000-0000-0000-0000-002a00000000}. Send one header for each lock.
 * It contains the lock's name in the form of the store: {@link LockName#segment}.
 *
 * @param lock whose token it is
 * @param token as the grant gave it
 */
public record FenceHeader(LockName lock, FencingToken token) {

  /** The header's name. */
  public static final String NAME = "Holdfast-Fence";

  private static final String TOKEN = ";token=";
  private static final int LONGEST = 700;

  /**
   * Reads a value as a client sent it.
   *
   * @throws IllegalArgumentException if the value is not valid; then answer 400, and never go on
   *     without a token
   */
  public static FenceHeader parse(String value) {
    String text = value.strip();
    int end = text.indexOf(TOKEN);
    if (text.length() > LONGEST || end < 0) {
      throw new IllegalArgumentException(
          NAME + " looks like orders;token=00000000-0000-0000-0000-002a00000000, not like this");
    }
    return new FenceHeader(
        LockName.ofSegment(text.substring(0, end))
            .orElseThrow(() -> new IllegalArgumentException(NAME + " does not begin with a lock")),
        FencingToken.parse(text.substring(end + TOKEN.length())));
  }

  /** The value to send. */
  public String value() {
    return lock.segment() + TOKEN + token;
  }
}
