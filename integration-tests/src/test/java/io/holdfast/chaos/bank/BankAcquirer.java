package io.holdfast.chaos.bank;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.testing.acquirer.AcquirerSimulator;
import io.holdfast.testkit.network.ProxyLink;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The acquirer as a process of its own, which now and then fails, charges twice, charges late, or
 * takes money back and gives it back by itself. For one thread.
 */
final class BankAcquirer implements AutoCloseable {

  static final String KEY = "bank-acquirer-key";

  /** Of all calls, so many go wrong in this way while nothing worse is ordered. */
  private static final String USUAL =
      "{\"error\":0.03,\"hang-up\":0.04,\"error-after\":0.05,\"late\":0.05,\"slow\":0.05,"
          + "\"duplicate\":0.05,\"chargeback\":0.1,\"reversal\":0.1}";

  /** Hardly a call goes well; those that are never answered take a node's whole time-out. */
  private static final String BAD =
      "{\"silence\":0.1,\"lost-answer\":0.1,\"error\":0.15,\"error-after\":0.2,\"hang-up\":0.15,"
          + "\"late\":0.1,\"duplicate\":0.05,\"chargeback\":0.05,\"reversal\":0.05}";

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final List<Integer> ports = FreePorts.find(2);
  private final Path folder;
  private final long seed;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(BOUND).build();

  /** How nodes come here that do not share this loopback: the acquirer listens on no other. */
  private final Optional<ProxyLink> relay;

  private ServerProcess process;

  /**
   * Starts it.
   *
   * @param address where nodes reach this process
   */
  BankAcquirer(Path folder, String address, long seed) {
    this.folder = folder;
    this.seed = seed;
    this.relay =
        address.equals(Host.LOOPBACK.address())
            ? Optional.empty()
            : Optional.of(
                new ProxyLink(
                    new InetSocketAddress(address, 0), Host.LOOPBACK.address(), ports.get(0)));
    this.process = launch();
    awaitAnswer();
    usual();
  }

  private ServerProcess launch() {
    return ServerProcess.start(
        "acquirer",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            AcquirerSimulator.class.getName(),
            "--port=" + ports.get(0),
            "--admin-port=" + ports.get(1),
            "--file=" + folder.resolve("acquirer.charges"),
            "--seed=" + seed,
            "--slow=PT0.7S",
            "--late=PT1S"),
        Map.of("ACQUIRER_KEY", KEY),
        folder,
        folder.resolve("acquirer.log"));
  }

  private void awaitAnswer() {
    long end = System.nanoTime() + BOUND.toNanos() * 3;
    while (true) {
      try {
        charges();
        return;
      } catch (UncheckedIOException notYet) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          throw new IllegalStateException("no acquirer:\n" + process.logTail(15), notYet);
        }
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    }
  }

  /** Where a node finds it that is given {@link #relay}, too. */
  URI uri() {
    return URI.create("http://" + Host.LOOPBACK.address() + ":" + ports.get(0));
  }

  /** The relay that a node has to use, {@code host:port}; none if the node shares this loopback. */
  Optional<String> relay() {
    return relay.map(ProxyLink::endpoint);
  }

  /** How an operator of the bank reaches it. */
  AcquirerConfig config() {
    return AcquirerConfig.of(uri(), KEY);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** It goes on as it always does. */
  void usual() {
    admin("/faults", "{\"rates\":" + USUAL + "}");
  }

  /** From now on hardly anything goes well. */
  void bad() {
    admin("/faults", "{\"rates\":" + BAD + "}");
  }

  /** From now on everything goes well. */
  void good() {
    admin("/faults", "{\"rates\":{}}");
  }

  /** It ends by itself when it has charged the next card, before it answers. */
  void crashAtNext() {
    admin("/faults", "{\"rates\":{\"crash-after\":1}}");
  }

  void kill() {
    process.kill();
  }

  /** Again, with the charges that it has kept. */
  void restart() {
    process.kill();
    process = launch();
    awaitAnswer();
    usual();
  }

  void refuse() {
    admin("/refuse", "{}");
  }

  void accept() {
    admin("/accept", "{}");
  }

  /** Whether merchants can connect. */
  boolean refuses() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(Host.LOOPBACK.address(), ports.get(0)), (int) BOUND.toMillis());
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  /** What it has charged, in no order. */
  JsonNode charges() {
    return ask("/charges", HttpRequest.newBuilder().GET());
  }

  /** How many charges it has taken back, and of how many of these it has given that back. */
  Disputes disputes() {
    long taken = 0;
    long given = 0;
    for (JsonNode each : charges()) {
      for (JsonNode chargeback : each.path("chargebacks")) {
        taken++;
        given += chargeback.has("reversal") ? 1 : 0;
      }
    }
    return new Disputes(taken, given);
  }

  /**
   * What it has taken back.
   *
   * @param taken how many chargebacks
   * @param given how many of them it has given back
   */
  record Disputes(long taken, long given) {}

  /** How many cards it has charged more often than it was asked to. */
  long doubled() {
    Map<String, Integer> counts = new HashMap<>();
    for (JsonNode each : charges()) {
      if (each.path("status").asText().equals("approved")) {
        counts.merge(each.path("reference").asText(), 1, Integer::sum);
      }
    }
    return counts.values().stream().mapToLong(count -> count - 1L).sum();
  }

  private void admin(String path, String body) {
    ask(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode ask(String path, HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(
              request
                  .uri(URI.create("http://127.0.0.1:" + ports.get(1) + path))
                  .timeout(BOUND)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the acquirer says " + answer.body() + " to " + path);
      }
      return new ObjectMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    relay.ifPresent(ProxyLink::close);
    process.close();
  }
}
