package io.holdfast.testkit.fault;

import io.holdfast.testkit.process.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The way between two network namespaces, cut by a packet filter where the packets arrive. Only the
 * rules of this link are removed when it heals.
 */
final class NetnsLink implements Link {

  /** Held for as long as the filter's lock is another's, at most so many seconds. */
  private static final List<String> FILTER = List.of("iptables", "-w", "10");

  /** How long packets are answered with a reset, so that every connection in use meets it. */
  private static final Duration RESETTING = Duration.ofMillis(500);

  private final Host from;
  private final Host to;
  private int broken;

  /** Between one who asks and one who answers. */
  NetnsLink(Host from, Host to) {
    this.from = from;
    this.to = to;
  }

  @Override
  public void cut(Direction direction) {
    filter(direction, List.of(), List.of("DROP"));
  }

  @Override
  public void lose(int percent) {
    String share = "%.2f".formatted(percent / 100.0);
    for (Direction direction : Direction.values()) {
      filter(
          direction,
          List.of("-m", "statistic", "--mode", "random", "--probability", share),
          List.of("DROP"));
    }
  }

  @Override
  public void delay(Duration delay) {
    throw new UnsupportedOperationException("the packet filter cannot delay");
  }

  /** What is sent meanwhile is answered with a reset, at both ends, also to begin something new. */
  @Override
  public void reset() {
    for (Direction direction : Direction.values()) {
      filter(direction, List.of("-p", "tcp"), List.of("REJECT", "--reject-with", "tcp-reset"));
    }
    LockSupport.parkNanos(RESETTING.toNanos());
    broken += Math.toIntExact(stopped("REJECT"));
    removeRules();
  }

  private void filter(Direction direction, List<String> match, List<String> what) {
    Host where = receiver(direction);
    List<String> rule = new ArrayList<>(FILTER);
    rule.addAll(List.of("-A", "INPUT", "-s", sender(direction).address()));
    rule.addAll(match);
    rule.add("-j");
    rule.addAll(what);
    Shell.run(where.command(rule));
  }

  private Host receiver(Direction direction) {
    return direction == Direction.REQUESTS ? to : from;
  }

  private Host sender(Direction direction) {
    return direction == Direction.REQUESTS ? from : to;
  }

  @Override
  public void heal() {
    broken = 0;
    removeRules();
  }

  private void removeRules() {
    for (Direction direction : Direction.values()) {
      Host where = receiver(direction);
      String source = sender(direction).address() + "/32";
      for (String rule : rules(where, "-S").lines().toList()) {
        if (rule.startsWith("-A INPUT -s " + source + " ")) {
          List<String> removal = new ArrayList<>(FILTER);
          removal.addAll(List.of(rule.replaceFirst("^-A", "-D").split(" ", -1)));
          Shell.run(where.command(removal));
        }
      }
    }
  }

  /** Packets, not bytes: as the filter counts those it dropped. */
  @Override
  public long hurt() {
    return stopped("DROP");
  }

  private long stopped(String how) {
    long stopped = 0;
    for (Direction direction : Direction.values()) {
      String source = sender(direction).address();
      stopped +=
          rules(receiver(direction), "-nvxL")
              .lines()
              .map(line -> line.strip().split("\\s+", -1))
              .filter(columns -> columns.length > 8 && columns[2].equals(how))
              .filter(columns -> List.of(columns).contains(source))
              .mapToLong(columns -> Long.parseLong(columns[0]))
              .sum();
    }
    return stopped;
  }

  private static String rules(Host where, String how) {
    List<String> command = new ArrayList<>(FILTER);
    command.addAll(List.of(how, "INPUT"));
    return Shell.run(where.command(command));
  }

  /** Packets that were answered with a reset: there is at least one for every connection. */
  @Override
  public int broken() {
    return broken;
  }

  @Override
  public String toString() {
    return from.address() + " to " + to.address();
  }
}
