package io.holdfast.coordination;

import java.time.Duration;

/**
 * How to connect.
 *
 * @param owner who we are, for those who inspect the cluster
 * @param sessionTimeout how long the cluster keeps what is ours after it last heard of us; the
 *     server may grant another. Longer survives longer pauses, shorter frees locks sooner after a
 *     crash
 * @param connectTimeout how long {@link Coordinator#connect} tries
 * @param requestTimeout after which a reply counts as lost
 */
public record CoordinatorOptions(
    Owner owner, Duration sessionTimeout, Duration connectTimeout, Duration requestTimeout) {

  /** Ten seconds of session, fifteen to connect, five for a request. */
  public static CoordinatorOptions defaults() {
    return new CoordinatorOptions(
        Owner.thisProcess("holdfast"),
        Duration.ofSeconds(10),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5));
  }

  public CoordinatorOptions {
    positive("session time-out", sessionTimeout);
    positive("connect time-out", connectTimeout);
    positive("request time-out", requestTimeout);
  }

  private static void positive(String what, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the " + what + " must be positive: " + duration);
    }
  }

  /** With another owner. */
  public CoordinatorOptions withOwner(Owner other) {
    return new CoordinatorOptions(other, sessionTimeout, connectTimeout, requestTimeout);
  }

  /** With another session time-out. */
  public CoordinatorOptions withSessionTimeout(Duration other) {
    return new CoordinatorOptions(owner, other, connectTimeout, requestTimeout);
  }

  /** With another connect time-out. */
  public CoordinatorOptions withConnectTimeout(Duration other) {
    return new CoordinatorOptions(owner, sessionTimeout, other, requestTimeout);
  }

  /** With another request time-out. */
  public CoordinatorOptions withRequestTimeout(Duration other) {
    return new CoordinatorOptions(owner, sessionTimeout, connectTimeout, other);
  }
}
