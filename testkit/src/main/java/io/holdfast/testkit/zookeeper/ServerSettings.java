package io.holdfast.testkit.zookeeper;

import java.time.Duration;

/**
 * How a ZooKeeper under test is set.
 *
 * @param tick the unit of its time-outs: a session lives for 2 to 20 ticks
 * @param containerCheck how often it looks for empty containers to remove
 */
public record ServerSettings(Duration tick, Duration containerCheck) {

  /** Ticks of half a second, so sessions of one second and more; containers as ZooKeeper does. */
  public static ServerSettings defaults() {
    return new ServerSettings(Duration.ofMillis(500), Duration.ofMinutes(1));
  }

  public ServerSettings {
    if (tick.toMillis() < 1 || containerCheck.toMillis() < 1) {
      throw new IllegalArgumentException("at least a millisecond: " + tick + ", " + containerCheck);
    }
  }

  /** With another tick. */
  public ServerSettings withTick(Duration other) {
    return new ServerSettings(other, containerCheck);
  }

  /** With another interval between looks for empty containers. */
  public ServerSettings withContainerCheck(Duration other) {
    return new ServerSettings(tick, other);
  }
}
