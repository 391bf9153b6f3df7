package io.holdfast.coordination;

import io.holdfast.coordination.security.Credentials;
import java.time.Duration;

/**
 * How to connect. No time-out is longer than {@link #LONGEST_TIMEOUT}; one that is asked for is
 * taken for that.
 *
 * @param owner who we are, for those who inspect the cluster; {@link Owner#thisProcess()} by
 *     default
 * @param sessionTimeout how long the cluster keeps what is ours after it last heard of us; the
 *     server may grant another. Longer survives longer pauses, shorter frees locks sooner after a
 *     crash
 * @param connectTimeout how long {@link Coordinator#connect} tries
 * @param requestTimeout after which a reply counts as lost
 * @param credentials who we are to the cluster and whom we take for it
 */
public record CoordinatorOptions(
    Owner owner,
    Duration sessionTimeout,
    Duration connectTimeout,
    Duration requestTimeout,
    Credentials credentials) {

  /** Ten seconds of session, fifteen to connect, five for a request, no credentials. */
  public static CoordinatorOptions defaults() {
    return new CoordinatorOptions(
        Owner.thisProcess(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        Credentials.none());
  }

  /** As many milliseconds as the stores' clients can be told, in days. */
  public static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

  public CoordinatorOptions {
    sessionTimeout = timeout("session", sessionTimeout);
    connectTimeout = timeout("connect", connectTimeout);
    requestTimeout = timeout("request", requestTimeout);
  }

  private static Duration timeout(String of, Duration asked) {
    if (asked.isNegative() || asked.isZero()) {
      throw new IllegalArgumentException("the " + of + " time-out must be positive: " + asked);
    }
    return asked.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : asked;
  }

  /** With another owner. */
  public CoordinatorOptions withOwner(Owner other) {
    return new CoordinatorOptions(
        other, sessionTimeout, connectTimeout, requestTimeout, credentials);
  }

  /** With another session time-out. */
  public CoordinatorOptions withSessionTimeout(Duration other) {
    return new CoordinatorOptions(owner, other, connectTimeout, requestTimeout, credentials);
  }

  /** With another connect time-out. */
  public CoordinatorOptions withConnectTimeout(Duration other) {
    return new CoordinatorOptions(owner, sessionTimeout, other, requestTimeout, credentials);
  }

  /** With another request time-out. */
  public CoordinatorOptions withRequestTimeout(Duration other) {
    return new CoordinatorOptions(owner, sessionTimeout, connectTimeout, other, credentials);
  }

  /** With other credentials. */
  public CoordinatorOptions withCredentials(Credentials other) {
    return new CoordinatorOptions(owner, sessionTimeout, connectTimeout, requestTimeout, other);
  }
}
