package io.holdfast.reasons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.process.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever gets no session is told why, in words to act on, and in few lines; on both stores. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(60)
final class WhyNoSessionTest {

  private static final List<Integer> NOBODY = FreePorts.find(2);

  /** A name that no resolver has to ask anybody about: its first label is too long. */
  private static final String NO_HOST = "x".repeat(64) + ".invalid";

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withConnectTimeout(Duration.ofMillis(1_500));

  private static Throwable failure(@Nullable String uri) {
    return catchThrowable(() -> Coordinator.connect(uri, OPTIONS).close());
  }

  static Stream<List<String>> addresses() {
    String one = "127.0.0.1:" + NOBODY.get(0);
    String other = "127.0.0.1:" + NOBODY.get(1);
    return Stream.of("zookeeper", "etcd")
        .flatMap(
            store ->
                Stream.of(
                    List.of(store + "://" + one + "/x", "connection refused " + one),
                    List.of(
                        store + "://" + one + "," + other + "/x",
                        "connection refused " + one + ", connection refused " + other),
                    List.of(store + "://" + NO_HOST + ":2181/x", "unknown host " + NO_HOST),
                    List.of(
                        store + "://" + NO_HOST + ":2181," + one + "/x",
                        "unknown host " + NO_HOST + ", connection refused " + one)));
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void connect_noServerIsReached_tellsEachWithItsReason(List<String> addressAndReason) {
    Throwable failure = failure(addressAndReason.get(0));

    assertThat(failure)
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("no session with " + addressAndReason.get(0) + " within 1500 ms: ")
        .hasMessageContaining(addressAndReason.get(1));
    assertThat(trace(failure).lines())
        .as("no pages of others")
        .noneMatch(line -> line.contains("io.grpc") || line.contains("org.apache.zookeeper"))
        .noneMatch(line -> line.contains("io.netty") || line.contains("expired"));
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"zookeeper+tls", "etcd+tls"})
  void connect_serverSpeaksNoTls_saysSo(String scheme) throws IOException {
    try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> answerPlainly(plain), "plain-server");
      server.setDaemon(true);
      server.start();
      String host = "127.0.0.1:" + plain.getLocalPort();

      assertThat(failure(scheme + "://" + host + "/x"))
          .isInstanceOf(AccessRefusedException.class)
          .hasMessageContaining(host + " does not speak TLS: name its TLS port");
    }
  }

  private static void answerPlainly(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.getOutputStream().write("what?\r\n".getBytes(StandardCharsets.US_ASCII));
        client.getInputStream().read();
      } catch (IOException e) {
        // Whoever asked has gone, or the test is over.
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zk://h:2181/x | write zookeeper://",
        "zookeepers://h:2181/x | write zookeeper://",
        "etcd3://h:2379/x | write etcd://",
        "consul://h/x | write one of these",
        "h:2181/x | an example: zookeeper://host1:2181",
        "zookeeper://u:p@h/x | carries no user or password"
      })
  void connect_addressIsWrong_saysWhatToWrite(String uri, String advice) {
    assertThat(failure(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(advice)
        .hasMessageNotContaining("-backend");
  }

  @Test
  void connect_noAddress_saysSo() {
    for (String nothing : new String[] {null, "", " "}) {
      assertThat(failure(nothing))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no cluster address is given");
    }
  }

  /** Who connects in the background learns it from the first call that cannot wait. */
  @ParameterizedTest
  @ValueSource(strings = {"zookeeper", "etcd"})
  void tryAcquire_noServerIsReached_tellsWhy(String store) {
    String host = "127.0.0.1:" + NOBODY.get(0);
    try (Coordinator coordinator =
        Coordinator.connectInBackground(
            store + "://" + host + "/x",
            OPTIONS
                .withConnectTimeout(Duration.ofSeconds(1))
                .withRequestTimeout(Duration.ofSeconds(3)))) {
      assertThat(catchThrowable(() -> new Locks(coordinator).lock("a").exclusive().tryAcquire()))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("connection refused " + host);
    }
  }
}
