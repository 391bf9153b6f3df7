package io.holdfast.etcd.internal.inspect;

import io.holdfast.etcd.internal.client.Connection;
import io.holdfast.etcd.internal.client.Failures;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns, once per server, of versions whose leases cannot be relied on. */
public final class VersionCheck {

  private static final Logger LOG = LoggerFactory.getLogger(VersionCheck.class);
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");
  private static final int[] FLOOR_3_4 = {3, 4, 34};
  private static final int[] FLOOR = {3, 5, 16};

  private final Connection connection;
  private final Duration timeout;

  public VersionCheck(Connection connection, Duration timeout) {
    this.connection = connection;
    this.timeout = timeout;
  }

  /** Asks every server; one that does not answer is not warned of. */
  public void start() {
    for (String host : connection.hosts()) {
      connection
          .version(host, timeout)
          .whenComplete(
              (version, failure) -> {
                if (failure == null) {
                  check(host, version);
                } else if (Failures.refusal(failure, host).isPresent()) {
                  LOG.info("etcd at {} does not tell us its version; it is not checked", host);
                }
              });
    }
  }

  private static void check(String host, String version) {
    if (isBelowFloor(version)) {
      LOG.warn(
          "etcd {} at {} may renew or keep a lease that has ended (fixed in 3.5.16 and 3.4.34):"
              + " two processes may believe to hold one lock, fencing tokens still tell them apart",
          version,
          host);
    }
  }

  static boolean isBelowFloor(String version) {
    return isBelow(version, version.startsWith("3.4.") ? FLOOR_3_4 : FLOOR);
  }

  /** True if it is a version, and before {@code other}. */
  static boolean isBelow(String version, int[] other) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return false;
    }
    int[] numbers = {
      Integer.parseInt(parts.group(1)),
      Integer.parseInt(parts.group(2)),
      Integer.parseInt(parts.group(3))
    };
    return Arrays.compare(numbers, other) < 0;
  }
}
