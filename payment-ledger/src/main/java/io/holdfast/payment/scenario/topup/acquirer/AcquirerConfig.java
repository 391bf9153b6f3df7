package io.holdfast.payment.scenario.topup.acquirer;

import java.net.URI;
import java.time.Duration;

/**
 * How the acquirer is reached.
 *
 * @param address {@code https://host[:port][/path]}; {@code http} is for loopback only
 * @param key the secret that the acquirer knows us by; never shown
 * @param timeout for one call, from its beginning to the last byte of the answer
 * @param calls how many may be under way at once
 * @param giveUpAfter so long after a top-up was asked for, no card is charged for it any more; if
 *     the acquirer says some minutes later that it knows of no charge, the top-up has failed
 */
public record AcquirerConfig(
    URI address, String key, Duration timeout, int calls, Duration giveUpAfter) {

  /** A day. */
  public static final Duration GIVE_UP_AFTER = Duration.ofDays(1);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final int CALLS = 64;

  public AcquirerConfig {
    String host = address.getHost();
    boolean loopback = host != null && host.matches("localhost|127\\.[0-9.]+|\\[::1]");
    if (host == null
        || address.getUserInfo() != null
        || address.getQuery() != null
        || address.getFragment() != null
        || !("https".equals(address.getScheme())
            || ("http".equals(address.getScheme()) && loopback))) {
      throw new IllegalArgumentException(
          "the acquirer's address is https://host[:port][/path], or http on loopback");
    }
    if (!key.matches("[!-~]{1,200}")) {
      throw new IllegalArgumentException(
          "the acquirer's key is 1 to 200 printable characters without spaces");
    }
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a call to the acquirer takes up to " + LONGEST);
    }
    if (giveUpAfter.isNegative()) {
      throw new IllegalArgumentException("a top-up is not given up before it was asked for");
    }
    if (calls < 1) {
      throw new IllegalArgumentException("at least one call can be under way");
    }
  }

  /** With a time-out of ten seconds and 64 calls at once. */
  public static AcquirerConfig of(URI address, String key) {
    return new AcquirerConfig(address, key, TIMEOUT, CALLS, GIVE_UP_AFTER);
  }

  /** With another time-out. */
  public AcquirerConfig withTimeout(Duration changed) {
    return new AcquirerConfig(address, key, changed, calls, giveUpAfter);
  }

  /** With so many calls at once. */
  public AcquirerConfig withCalls(int changed) {
    return new AcquirerConfig(address, key, timeout, changed, giveUpAfter);
  }

  /** With another time to give up after. */
  public AcquirerConfig withGiveUpAfter(Duration changed) {
    return new AcquirerConfig(address, key, timeout, calls, changed);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "AcquirerConfig[" + address + ", " + timeout + ", " + calls + " calls]";
  }
}
