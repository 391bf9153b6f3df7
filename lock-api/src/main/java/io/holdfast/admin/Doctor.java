package io.holdfast.admin;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.UnreadableException;
import io.holdfast.coordination.internal.GenerationCache;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Checks whether a cluster is fit for use from this machine, and says how to repair what is not.
 *
 * <p>It first asks each server separately ({@link Backend#examine}). Then it does what recipes do,
 * under {@code doctor} in the namespace: it opens a session, writes, reads, watches and deletes.
 * Nothing is left behind. Every step is bounded by the coordinator's connect time-out or request
 * time-out.
 */
public final class Doctor {

  private static final Duration SAMPLE = Duration.ofSeconds(1);
  private static final Duration SHORT_SESSION = Duration.ofSeconds(4);

  private final Coordinator coordinator;
  private final ClusterUri address;

  /**
   * For one cluster.
   *
   * @param coordinator need not have a session: see {@link Coordinator#connectInBackground}
   * @param address the address that it was connected with
   */
  public Doctor(Coordinator coordinator, ClusterUri address) {
    this.coordinator = coordinator;
    this.address = address;
  }

  /**
   * Examines the cluster. Blocks for some seconds, or longer where something does not answer.
   *
   * @return the findings, in the order in which they were made; at least one
   * @throws InterruptedException if interrupted
   */
  public List<Finding> examine() throws InterruptedException {
    CoordinatorOptions options = coordinator.options();
    // This comes first, because it makes the namespace that the backend then examines.
    List<Finding> inside = inside(options);
    List<Finding> findings = new ArrayList<>();
    transport(options.credentials()).ifPresent(findings::add);
    try {
      findings.addAll(get(coordinator.examine(), options.connectTimeout()));
    } catch (CoordinationException e) {
      findings.add(
          Finding.warning(
              "servers", "not examined: " + e.getMessage(), "try again with a longer time-out"));
    }
    findings.add(clock());
    findings.addAll(inside);
    return List.copyOf(findings);
  }

  /** What can be seen from within a session. */
  private List<Finding> inside(CoordinatorOptions options) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try {
      Session session = get(coordinator.firstSession(), options.connectTimeout());
      findings.add(sessionTimeout(session, options.sessionTimeout()));
      findings.addAll(new SmokeTest(session, options.requestTimeout()).findings());
      findings.add(generation(session, options.requestTimeout()));
    } catch (AccessRefusedException e) {
      findings.add(
          Finding.problem(
              "session", "refused: " + e.getMessage(), "change credentials or permissions"));
    } catch (CoordinationException e) {
      findings.add(
          Finding.problem(
              "session",
              "none, or lost: " + e.getMessage(),
              "see to it that a majority of the servers runs and can be reached from here"));
    }
    return findings;
  }

  private Finding generation(Session session, Duration patience) throws InterruptedException {
    String subject = "generation";
    try {
      Generation inForce = get(coordinator.generation(session), patience);
      List<String> there = get(GenerationCache.look(session), patience);
      return there.size() <= 1
          ? Finding.ok(subject, inForce + " is in force")
          : Finding.warning(
              subject,
              "%s is in force, and beside it stand %d keys that nobody needs: %s"
                  .formatted(inForce, there.size() - 1, there.stream().limit(5).toList()),
              "find out who writes there; holdfast generation bump removes them");
    } catch (UnreadableException e) {
      return Finding.problem(
          subject,
          String.valueOf(e.getMessage()),
          "find out who wrote that; put a generation there with holdfast generation bump --to N");
    }
  }

  private Optional<Finding> transport(Credentials credentials) {
    if (address.scheme().equals("memory")) {
      return Optional.empty();
    }
    if (address.scheme().endsWith("+tls")) {
      return Optional.of(Finding.ok("tls", "on"));
    }
    return Optional.of(
        credentials.login().isPresent()
            ? Finding.problem(
                "tls",
                "off, and a password is sent in the clear",
                "enable TLS at the servers and connect with " + address.scheme() + "+tls://")
            : Finding.warning(
                "tls",
                "off: anybody on the network can read and change what is sent",
                "outside a trusted network, enable TLS at the servers and connect with "
                    + address.scheme()
                    + "+tls://"));
  }

  private static Finding clock() throws InterruptedException {
    long wall = System.currentTimeMillis();
    long monotonic = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(Durations.nanos(SAMPLE));
    return new ClockSample(
            SAMPLE,
            Duration.ofNanos(System.nanoTime() - monotonic),
            Duration.ofMillis(System.currentTimeMillis() - wall))
        .judge();
  }

  static Finding sessionTimeout(Session session, Duration asked) {
    Duration granted = session.timeout();
    String what =
        "asked for %d ms, granted %d ms"
            .formatted(Durations.millis(asked), Durations.millis(granted));
    if (granted.compareTo(SHORT_SESSION) < 0) {
      return Finding.warning(
          "session time-out",
          what + ": a pause of that length loses every lock",
          "raise it, and the servers' limits (ZooKeeper: maxSessionTimeout, tickTime)");
    }
    if (granted.compareTo(asked) < 0 || granted.compareTo(asked.multipliedBy(2)) > 0) {
      return Finding.warning(
          "session time-out",
          what,
          "ask for what the servers grant, or change their limits (ZooKeeper: 2 to 20 ticks of"
              + " tickTime; etcd: at least one and a half election time-outs)");
    }
    return Finding.ok("session time-out", what);
  }

  static <T> T get(CompletableFuture<T> future, Duration atMost) throws InterruptedException {
    try {
      return future.get(Durations.nanos(atMost), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CoordinationException known
          ? known
          : new UnavailableException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new UnavailableException("no answer within " + Durations.millis(atMost) + " ms", e);
    }
  }
}
