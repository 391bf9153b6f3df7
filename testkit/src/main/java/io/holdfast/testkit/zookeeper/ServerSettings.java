package io.holdfast.testkit.zookeeper;

import io.holdfast.coordination.security.Login;
import io.holdfast.testkit.tls.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a ZooKeeper under test is set.
 *
 * @param tick the unit of its time-outs: a session lives for 2 to 20 ticks
 * @param containerCheck how often it looks for empty containers to remove
 * @param syncLimit how many ticks a leader and its followers wait for each other before they part
 * @param tls how it speaks TLS, on a port of its own; only servers that are processes do
 * @param users who can log in; if there are any, a client that cannot is let in as nobody
 * @param leastTimeout the shortest session time-out that it grants; two ticks if empty
 */
public record ServerSettings(
    Duration tick,
    Duration containerCheck,
    int syncLimit,
    Optional<ServerTls> tls,
    List<Login> users,
    Optional<Duration> leastTimeout) {

  /** Ticks of half a second, so sessions of one second and more; containers as ZooKeeper does. */
  public static ServerSettings defaults() {
    return new ServerSettings(
        Duration.ofMillis(500),
        Duration.ofMinutes(1),
        10,
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  public ServerSettings {
    users = List.copyOf(users);
    if (tick.toMillis() < 1 || containerCheck.toMillis() < 1 || syncLimit < 1) {
      throw new IllegalArgumentException(
          "too short: " + tick + ", " + containerCheck + ", " + syncLimit);
    }
  }

  /** With another tick. */
  public ServerSettings withTick(Duration other) {
    return new ServerSettings(other, containerCheck, syncLimit, tls, users, leastTimeout);
  }

  /** With another interval between looks for empty containers. */
  public ServerSettings withContainerCheck(Duration other) {
    return new ServerSettings(tick, other, syncLimit, tls, users, leastTimeout);
  }

  /** With another number of ticks until a server that is cut off is missed. */
  public ServerSettings withSyncLimit(int other) {
    return new ServerSettings(tick, containerCheck, other, tls, users, leastTimeout);
  }

  /** With TLS. */
  public ServerSettings withTls(ServerTls other) {
    return new ServerSettings(
        tick, containerCheck, syncLimit, Optional.of(other), users, leastTimeout);
  }

  /** With these users, who log in by SASL. */
  public ServerSettings withUsers(Login... others) {
    return new ServerSettings(tick, containerCheck, syncLimit, tls, List.of(others), leastTimeout);
  }

  /** With another shortest session time-out. */
  public ServerSettings withLeastTimeout(Duration other) {
    return new ServerSettings(tick, containerCheck, syncLimit, tls, users, Optional.of(other));
  }
}
