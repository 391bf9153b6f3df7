package io.holdfast.chaos.bank;

import io.holdfast.payment.PaymentNode;
import io.holdfast.testkit.network.ProxyLink;
import io.holdfast.testkit.process.Host;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A payment node in a network namespace: its acquirer is reached on loopback only, and this one's
 * loopback is another. The first two arguments are the port on it and the relay behind, {@code
 * host:port}; the others are the node's.
 */
final class BankProgram {

  private BankProgram() {}

  /** Runs it. */
  public static void main(String[] args) {
    int colon = args[1].lastIndexOf(':');
    // Open as long as the process lives.
    ProxyLink link =
        new ProxyLink(
            new InetSocketAddress(Host.LOOPBACK.address(), Integer.parseInt(args[0])),
            args[1].substring(0, colon),
            Integer.parseInt(args[1].substring(colon + 1)));
    Runtime.getRuntime().addShutdownHook(new Thread(link::close, "bank-relay-close"));
    PaymentNode.main(Arrays.copyOfRange(args, 2, args.length));
  }

  /** The class and the arguments that start a node beside this acquirer. */
  static List<String> command(BankAcquirer acquirer, List<String> arguments) {
    Stream<String> program =
        acquirer
            .relay()
            .map(
                relay ->
                    Stream.of(
                        BankProgram.class.getName(),
                        Integer.toString(acquirer.uri().getPort()),
                        relay))
            .orElseGet(() -> Stream.of(PaymentNode.class.getName()));
    return Stream.concat(program, arguments.stream()).toList();
  }
}
