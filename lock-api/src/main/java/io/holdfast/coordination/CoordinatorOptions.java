package io.holdfast.coordination;

import io.holdfast.coordination.security.Credentials;
import java.time.Duration;

/**
 * How to connect. A time-out longer than {@link #LONGEST_TIMEOUT} is shortened to that.
 *
 * @param owner who we are, for those who inspect the cluster; {@link Owner#thisProcess()} by
 *     default
 * @param sessionTimeout how long the cluster keeps this process's session after it last heard from
 *     the process; the server may grant another value. A longer time-out survives longer pauses; a
 *     shorter one frees locks sooner after a crash
 * @param connectTimeout how long {@link Coordinator#connect} tries
 * @param requestTimeout the time after which a reply counts as lost
 * @param credentials how this process proves its identity to the cluster, and which servers it
 *     trusts
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

  /** The greatest number of milliseconds that the stores' clients accept, in whole days. */
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
