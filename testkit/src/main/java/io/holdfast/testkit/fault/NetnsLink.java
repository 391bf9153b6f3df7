package io.holdfast.testkit.fault;

import io.holdfast.testkit.process.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The way between two network namespaces, cut by a packet filter where the packets arrive. Only the
 * rules of this link are removed when it heals.
 *
 * @param from who asks
 * @param to who answers
 */
record NetnsLink(Host from, Host to) implements Link {

  /** Held for as long as the filter's lock is another's, at most so many seconds. */
  private static final List<String> FILTER = List.of("iptables", "-w", "10");

  @Override
  public void cut(Direction direction) {
    filter(direction, List.of());
  }

  @Override
  public void lose(int percent) {
    String share = "%.2f".formatted(percent / 100.0);
    for (Direction direction : Direction.values()) {
      filter(direction, List.of("-m", "statistic", "--mode", "random", "--probability", share));
    }
  }

  @Override
  public void delay(Duration delay) {
    throw new UnsupportedOperationException("the packet filter cannot delay");
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException("the packet filter does not reset what is open");
  }

  private void filter(Direction direction, List<String> match) {
    Host where = receiver(direction);
    List<String> rule = new ArrayList<>(FILTER);
    rule.addAll(List.of("-A", "INPUT", "-s", sender(direction).address()));
    rule.addAll(match);
    rule.addAll(List.of("-j", "DROP"));
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
    long dropped = 0;
    for (Direction direction : Direction.values()) {
      String source = sender(direction).address();
      dropped +=
          rules(receiver(direction), "-nvxL")
              .lines()
              .map(line -> line.strip().split("\\s+", -1))
              .filter(columns -> columns.length > 8 && columns[2].equals("DROP"))
              .filter(columns -> List.of(columns).contains(source))
              .mapToLong(columns -> Long.parseLong(columns[0]))
              .sum();
    }
    return dropped;
  }

  private static String rules(Host where, String how) {
    List<String> command = new ArrayList<>(FILTER);
    command.addAll(List.of(how, "INPUT"));
    return Shell.run(where.command(command));
  }

  @Override
  public int broken() {
    return 0;
  }
}
