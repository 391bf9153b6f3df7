package io.holdfast.chaos.fault;

import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.process.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way between two network namespaces, cut by a filter where the packets arrive: iproute2 and a
 * few instructions for the kernel, and no packet filter that a machine might lack. Only the filters
 * of this link are removed when it heals.
 */
final class NetnsLink implements Link {

  private static final long EVERY_PACKET = 0xffff_ffffL;
  private static final Pattern DROPPED = Pattern.compile("\\(dropped (\\d+),");

  private final Host from;
  private final Host to;

  /** Ways that are filtered, with what the receiver's interface had dropped before. */
  private final Map<Direction, Long> filtered = new EnumMap<>(Direction.class);

  private int broken;

  /** Between one who asks and one who answers. */
  NetnsLink(Host from, Host to) {
    this.from = from;
    this.to = to;
  }

  /** What the interface of a new member needs, before its packets can be filtered. */
  static String preparation(String namespace, String device) {
    return "tc -n " + namespace + " qdisc add dev " + device + " ingress";
  }

  @Override
  public void cut(Direction direction) {
    filter(direction, EVERY_PACKET);
  }

  @Override
  public void lose(int percent) {
    for (Direction direction : Direction.values()) {
      filter(direction, EVERY_PACKET * percent / 100);
    }
  }

  @Override
  public void delay(Duration delay) {
    throw new UnsupportedOperationException("a filter of packets cannot delay");
  }

  /** The server's ends are closed by its kernel, which tells the client's so. */
  @Override
  public void reset() {
    String closed =
        Shell.run(to.command(List.of("ss", "-HnKt", "src", to.address(), "dst", from.address())));
    broken += Math.toIntExact(closed.lines().filter(line -> !line.isBlank()).count());
  }

  private void filter(Direction direction, long share) {
    filtered.putIfAbsent(direction, dropped(direction));
    List<String> command = tc("filter", "add", direction);
    command.addAll(List.of("protocol", "ip", "bpf", "direct-action"));
    command.addAll(List.of("bytecode", program(sender(direction).address(), share)));
    Shell.run(receiver(direction).command(command));
  }

  /** Filters of one sender have one number, by which they are removed. */
  private List<String> tc(String object, String verb, Direction direction) {
    String address = sender(direction).address();
    String number = address.substring(address.lastIndexOf('.') + 1);
    return new ArrayList<>(
        List.of("tc", object, verb, "dev", NamespaceNetwork.DEVICE, "ingress", "pref", number));
  }

  /**
   * Drops a share of the packets of one sender: classic BPF, as {@code tcpdump -ddd} prints it.
   *
   * @param share of 2^32
   */
  static String program(String sender, long share) {
    return String.join(
        ",",
        "8",
        "40 0 0 12", // the kind of packet
        "21 0 5 2048", // unless it is IPv4, pass
        "32 0 0 26", // its source
        "21 0 3 " + Integer.toUnsignedString(number(sender)), // unless it is the sender, pass
        "32 0 0 4294963256", // a random number
        "37 1 0 " + share, // if it is greater than the share, pass
        "6 0 0 2", // drop
        "6 0 0 4294967295"); // pass, to the next filter
  }

  private static int number(String address) {
    try {
      return ByteBuffer.wrap(InetAddress.getByName(address).getAddress()).getInt();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
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
    for (Direction direction : filtered.keySet()) {
      Shell.run(receiver(direction).command(tc("filter", "del", direction)));
    }
    filtered.clear();
  }

  /**
   * Packets, not bytes. The kernel counts by interface, so another link's, cut at the same end at
   * the same time, are in it.
   */
  @Override
  public long hurt() {
    return filtered.entrySet().stream()
        .mapToLong(way -> dropped(way.getKey()) - way.getValue())
        .sum();
  }

  private long dropped(Direction direction) {
    String counts =
        Shell.run(
            receiver(direction)
                .command(
                    List.of(
                        "tc", "-s", "qdisc", "show", "dev", NamespaceNetwork.DEVICE, "ingress")));
    Matcher dropped = DROPPED.matcher(counts);
    if (!dropped.find()) {
      throw new IllegalStateException("no count of dropped packets in: " + counts);
    }
    return Long.parseLong(dropped.group(1));
  }

  /** Connections that were closed. */
  @Override
  public int broken() {
    return broken;
  }

  @Override
  public String toString() {
    return from.address() + " to " + to.address();
  }
}
