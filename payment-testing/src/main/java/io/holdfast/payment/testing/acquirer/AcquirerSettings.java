package io.holdfast.payment.testing.acquirer;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How a simulated acquirer is set up.
 *
 * @param port where merchants reach it, on loopback; 0 for any
 * @param adminPort where it is told what to do, on loopback; 0 for any
 * @param file where it keeps its charges
 * @param key the secret that merchants come with
 * @param seed decides what goes wrong by chance
 * @param rates how often what goes wrong with a call, out of 1
 * @param slow how long a slow answer takes
 * @param late how long a charge that is approved late is pending
 * @param notices where notices of chargebacks are sent; nowhere if empty
 * @param noticeSecret signs notices
 * @param clock tells the time
 * @param halt what a crash does
 */
public record AcquirerSettings(
    int port,
    int adminPort,
    Path file,
    String key,
    long seed,
    Map<Fault, Double> rates,
    Duration slow,
    Duration late,
    Optional<URI> notices,
    String noticeSecret,
    Clock clock,
    Runnable halt) {

  private static final int KILLED = 137;
  private static final Duration SLOW = Duration.ofSeconds(2);
  private static final Duration LATE = Duration.ofSeconds(5);

  public AcquirerSettings {
    rates = Map.copyOf(rates);
    if (key.isEmpty() || noticeSecret.isEmpty()) {
      throw new IllegalArgumentException("give a key and a secret for notices");
    }
  }

  /** On free ports, without faults or notices. */
  public static AcquirerSettings of(Path file, String key) {
    return new AcquirerSettings(
        0,
        0,
        file,
        key,
        0,
        Map.of(),
        SLOW,
        LATE,
        Optional.empty(),
        key,
        Clock.systemUTC(),
        () -> Runtime.getRuntime().halt(KILLED));
  }

  /** On these ports. */
  public AcquirerSettings withPorts(int merchants, int admin) {
    return new AcquirerSettings(
        merchants, admin, file, key, seed, rates, slow, late, notices, noticeSecret, clock, halt);
  }

  /** With faults by chance. */
  public AcquirerSettings withFaults(long changedSeed, Map<Fault, Double> changed) {
    return new AcquirerSettings(
        port,
        adminPort,
        file,
        key,
        changedSeed,
        changed,
        slow,
        late,
        notices,
        noticeSecret,
        clock,
        halt);
  }

  /** With such delays. */
  public AcquirerSettings withDelays(Duration slowly, Duration lately) {
    return new AcquirerSettings(
        port,
        adminPort,
        file,
        key,
        seed,
        rates,
        slowly,
        lately,
        notices,
        noticeSecret,
        clock,
        halt);
  }

  /** With notices sent there, signed. */
  public AcquirerSettings withNotices(URI to, String secret) {
    return new AcquirerSettings(
        port, adminPort, file, key, seed, rates, slow, late, Optional.of(to), secret, clock, halt);
  }

  /** With another clock, and with something else than the end of the process for a crash. */
  public AcquirerSettings withClock(Clock changed, Runnable crash) {
    return new AcquirerSettings(
        port, adminPort, file, key, seed, rates, slow, late, notices, noticeSecret, changed, crash);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "AcquirerSettings[" + port + ", " + adminPort + ", " + file + "]";
  }
}
