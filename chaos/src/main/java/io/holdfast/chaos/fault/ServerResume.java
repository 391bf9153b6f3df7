package io.holdfast.chaos.fault;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frozen server wakes up. An etcd that led, and has slept for longer than a lease lasts, believes
 * when it wakes that nobody has renewed any, and asks to have them all ended; if it has learnt by
 * then that another leads, it passes that on, and live sessions end. (Reported in etcd's issues
 * 12528 and 15247; what was done about it leaves this gap.)
 */
final class ServerResume {

  private static final Logger LOG = LoggerFactory.getLogger(ServerResume.class);

  /** How long after it wakes a server may still ask for that. */
  private static final Duration LATEST = Duration.ofSeconds(2);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final Target target;
  private final int server;
  private Map<String, String> before = Map.of();
  private long resumedAt;

  ServerResume(Target target, int server) {
    this.target = target;
    this.server = server;
  }

  /** Empty if no server could say. */
  private Optional<Map<String, String>> sessions() {
    try {
      return Optional.of(target.cluster().storeAdmin().sessions(target.namespace()));
    } catch (UncheckedIOException e) {
      LOG.info("nobody knows now which sessions there are: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Lets the server go on. */
  void wake() {
    if (endsSessions()) {
      before = sessions().orElse(Map.of());
    }
    resumedAt = System.nanoTime();
    target.cluster().resume(server);
  }

  private boolean endsSessions() {
    return target.cluster().store() == Store.ETCD;
  }

  /** The sessions that have ended since. Takes as long as they may do that. */
  List<RevokedSession> taken() {
    if (!endsSessions()) {
      return List.of();
    }
    Map<String, String> gone = new HashMap<>();
    while (System.nanoTime() - resumedAt < LATEST.toNanos()) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      sessions()
          .ifPresent(
              now -> {
                gone.putAll(before);
                gone.keySet().removeAll(now.keySet());
              });
    }
    long heard = System.nanoTime() + RevokedSession.TO_HEAR.toNanos();
    return gone.values().stream()
        .map(owner -> new RevokedSession(client(owner), resumedAt, heard))
        .toList();
  }

  /** Of the processes of one client each has a number behind a dot. */
  private static String client(String process) {
    return process.replaceFirst("\\..*", "");
  }
}
