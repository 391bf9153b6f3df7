package io.holdfast.gateway.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.BackendUnderTest;
import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.gateway.ProgramUnderTest;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that find instances by DNS, over a real store. */
@Timeout(180)
final class DnsClientsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 30;

  private static EmbeddedZooKeeper store;
  private static GatewayUnderTest gateway;
  private static BackendUnderTest first;
  private static BackendUnderTest second;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    store = EmbeddedZooKeeper.start();
    gateway = new GatewayUnderTest(store.uri("dns"));
    first = new BackendUnderTest("b-1", "127.0.0.1", 0);
    // DNS without SRV knows no ports: all have the same, on addresses of their own.
    second = new BackendUnderTest("b-2", "127.0.0.2", first.port());
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
    gateway.close();
    store.close();
  }

  private String ask(int port) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/");
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? answer.body() : "status " + answer.statusCode();
    } catch (IOException e) {
      return "failed";
    }
  }

  private Set<String> askOften(int port) throws InterruptedException {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < ROUNDS; i++) {
      answers.add(ask(port));
    }
    return answers;
  }

  private static DrainResult drained(Registration registration) throws Exception {
    return registration.drain(Duration.ofSeconds(20)).get(30, TimeUnit.SECONDS);
  }

  private static List<String> dig(Path dig, String... question)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "@127.0.0.1", "-p", "" + gateway.dns().getPort(), "+short", "+tries=5", "+time=3"));
    arguments.addAll(List.of(question));
    return ProgramUnderTest.run(dig, arguments).lines().toList();
  }

  @Test
  void dig_readsWhatThereIs() throws Exception {
    Path dig = ProgramUnderTest.find("dig", "bind9-dnsutils");
    List<ServiceInstance> many =
        IntStream.range(0, 120)
            .mapToObj(i -> ServiceInstance.http("many", "m-" + i, "10.9.0." + (i + 1), 8080))
            .toList();
    List<Registration> registered = gateway.registry().registerAll(many);
    await().atMost(PATIENCE).until(() -> dig(dig, "many.holdfast.", "A").size() == many.size());
    // The answer above came by TCP, for UDP had no room.
    assertThat(dig(dig, "+ignore", "+bufsize=1232", "many.holdfast.", "A").size())
        .isBetween(50, 80);
    assertThat(dig(dig, "_many._tcp.holdfast.", "SRV"))
        .hasSize(many.size())
        .contains("0 100 8080 0a090001.many.holdfast.");
    assertThat(dig(dig, "0a090001.many.holdfast.", "A")).containsExactly("10.9.0.1");
    assertThat(dig(dig, "holdfast.", "NS")).containsExactly("ns.holdfast.");
    assertThat(
            ProgramUnderTest.run(
                dig,
                List.of("@127.0.0.1", "-p", "" + gateway.dns().getPort(), "nobody.holdfast.", "A")))
        .contains("status: NXDOMAIN", "IN\tSOA\tns.holdfast.", "flags: qr aa rd;");
    assertThat(
            ProgramUnderTest.run(
                dig, List.of("@127.0.0.1", "-p", "" + gateway.dns().getPort(), "many.holdfast")))
        .contains("NOERROR", "ANSWER: 120")
        .doesNotContain("Malformed", "extra bytes");

    assertThat(drained(registered.get(0)).isComplete()).isTrue();

    assertThat(dig(dig, "many.holdfast.", "A")).hasSize(many.size() - 1).doesNotContain("10.9.0.1");
    registered.forEach(Registration::closeAsync);
  }

  @Test
  void haproxy_serverTemplate_followsInstances(@TempDir Path folder) throws Exception {
    Path haproxy = ProgramUnderTest.find("haproxy", "haproxy");
    int port = FreePorts.find(1).get(0);
    Path file = folder.resolve("haproxy.cfg");
    Files.writeString(
        file,
        """
        defaults
            mode http
            timeout connect 2s
            timeout client 10s
            timeout server 10s
        resolvers holdfast
            nameserver gateway tcp@127.0.0.1:%1$d
            accepted_payload_size 8192
            hold valid 1s
            hold obsolete 1s
            timeout resolve 1s
            timeout retry 1s
        frontend in
            bind 127.0.0.1:%2$d
            default_backend proxied
        backend proxied
            balance roundrobin
            server-template one 5 _proxied._tcp.holdfast resolvers holdfast init-addr none check
        """
            .formatted(gateway.dns().getPort(), port));
    try (Registration one = gateway.registry().register(first.instance("proxied"));
        Registration two = gateway.registry().register(second.instance("proxied"));
        ProgramUnderTest running =
            ProgramUnderTest.start(haproxy, folder, "-db", "-f", file.toString())) {
      assertThat(one.isPublished()).isTrue();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(askOften(port)).as(running.log()).containsExactly("b-1", "b-2"));

      assertThat(drained(two).isComplete()).isTrue();

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(askOften(port)).containsExactly("b-1"));
    }
  }

  @Test
  void nginx_resolver_followsInstances(@TempDir Path folder) throws Exception {
    Path nginx = ProgramUnderTest.find("nginx", "nginx");
    int port = FreePorts.find(1).get(0);
    Path file = folder.resolve("nginx.conf");
    Files.writeString(
        file,
        """
        pid nginx.pid;
        error_log stderr;
        daemon off;
        worker_processes 1;
        events {}
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            resolver 127.0.0.1:%1$d;
            server {
                listen 127.0.0.1:%2$d;
                location / {
                    set $service webs.holdfast;
                    proxy_pass http://$service:%3$d;
                    proxy_next_upstream off;
                }
            }
        }
        """
            .formatted(gateway.dns().getPort(), port, first.port()));
    try (Registration one = gateway.registry().register(first.instance("webs"));
        Registration two = gateway.registry().register(second.instance("webs"));
        ProgramUnderTest running =
            ProgramUnderTest.start(nginx, folder, "-p", folder.toString(), "-c", file.toString())) {
      assertThat(one.isPublished()).isTrue();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(askOften(port)).as(running.log()).containsExactly("b-1", "b-2"));

      // Acknowledged when the answers that name it have expired: from then on nobody asks it.
      assertThat(drained(two).isComplete()).isTrue();

      assertThat(askOften(port)).containsExactly("b-1");
    }
  }
}
