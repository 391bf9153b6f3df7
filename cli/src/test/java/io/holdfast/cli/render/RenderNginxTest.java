package io.holdfast.cli.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.cli.Holdfast;
import io.holdfast.testkit.process.ServerProcess;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Instances are processes, the proxy is a real nginx, the file between them is ours. */
@Timeout(180)
final class RenderNginxTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MANY = 100;

  private final StringWriter err = new StringWriter();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Path folder = Path.of("");
  private Path program = Path.of("");
  private Path upstreams = Path.of("");
  private String uri = "";

  @BeforeEach
  void start(@TempDir Path temporary) throws InterruptedException {
    Optional<Path> found = Nginx.program();
    assumeTrue(found.isPresent(), "no nginx can be had: rendering is not tested with it here");
    program = found.orElseThrow();
    folder = temporary;
    upstreams = folder.resolve("upstreams.conf");
    uri = opened(EmbeddedZooKeeper.start()).uri("render");
  }

  @AfterEach
  void stop() throws Exception {
    for (int last = open.size() - 1; last >= 0; last--) {
      open.get(last).close();
    }
  }

  private <T extends AutoCloseable> T opened(T thing) {
    open.add(thing);
    return thing;
  }

  private ServerProcess instance(String id) {
    return opened(
        ServerProcess.start(
            id,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                InstanceMain.class.getName(),
                uri,
                id,
                folder.resolve("drain-" + id).toString()),
            folder,
            folder.resolve(id + ".log")));
  }

  private int render(String... more) {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setErr(new PrintWriter(err, true));
    List<String> line =
        new ArrayList<>(List.of("services", "render", "nginx", "billing", "--connect", uri));
    line.addAll(List.of("--out", upstreams.toString(), "--program", program.toString()));
    line.addAll(List.of(more));
    return commandLine.execute(line.toArray(String[]::new));
  }

  private void keepRendering(Nginx nginx) {
    Thread thread =
        new Thread(
            () -> render("--watch", "--debounce", "50ms", "--exec", nginx.reloadCommand()),
            "render-watch");
    thread.setDaemon(true);
    thread.start();
    open.add(
        () -> {
          thread.interrupt();
          thread.join(PATIENCE.toMillis());
        });
  }

  /** One connection, one request: the answer's body, or what went wrong. */
  private static String ask(Nginx nginx) throws IOException {
    URI url = URI.create(nginx.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String reply = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return reply.startsWith("HTTP/1.1 200 ")
          ? reply.substring(reply.lastIndexOf('\n') + 1)
          : reply.lines().findFirst().orElse("no reply");
    }
  }

  private static Set<String> askMany(Nginx nginx) throws IOException {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < MANY; i++) {
      answers.add(ask(nginx));
    }
    return answers;
  }

  private void awaitUpstreams(String... ids) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        Files.readString(upstreams)
                            .lines()
                            .filter(line -> line.contains("# b-"))
                            .map(line -> line.substring(line.indexOf("# ") + 2)))
                    .containsExactly(ids));
  }

  /** The old workers are gone when two rounds in a row have the expected answers only. */
  private static void awaitAnswers(Nginx nginx, String... ids) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(askMany(nginx)).containsExactly(ids);
              assertThat(askMany(nginx)).containsExactly(ids);
            });
  }

  @Test
  void watch_drainedAndKilledInstances_leaveTheRotationWithoutAFailedRequest() throws Exception {
    instance("b-1");
    instance("b-2");
    ServerProcess third = instance("b-3");
    await().atMost(PATIENCE).until(() -> render() == 0);
    Nginx nginx = opened(Nginx.start(program, folder, upstreams, "billing"));
    keepRendering(nginx);
    awaitUpstreams("b-1", "b-2", "b-3");
    awaitAnswers(nginx, "b-1", "b-2", "b-3");

    Files.createFile(folder.resolve("drain-b-2"));
    Set<String> during = new TreeSet<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              during.add(ask(nginx));
              return !Files.readString(upstreams).contains("b-2");
            });
    assertThat(during).isSubsetOf("b-1", "b-2", "b-3");
    awaitAnswers(nginx, "b-1", "b-3");

    long killed = System.nanoTime();
    third.kill();
    awaitUpstreams("b-1");
    System.out.printf(
        "a killed instance was out of nginx's file after %d ms, with a session of %d ms%n",
        Duration.ofNanos(System.nanoTime() - killed).toMillis(), InstanceMain.SESSION.toMillis());
    awaitAnswers(nginx, "b-1");
    assertThat(askMany(nginx)).containsExactly("b-1");
  }

  @Test
  void watch_lastInstanceDrained_keepsTheUpstream() throws Exception {
    instance("b-1");
    await().atMost(PATIENCE).until(() -> render() == 0);
    String before = Files.readString(upstreams);
    Nginx nginx = opened(Nginx.start(program, folder, upstreams, "billing"));
    keepRendering(nginx);

    Files.createFile(folder.resolve("drain-b-1"));

    await().atMost(PATIENCE).until(() -> err.toString().contains("no instance is up for billing"));
    assertThat(upstreams).hasContent(before);
    assertThat(ask(nginx)).isEqualTo("b-1");
  }

  @Test
  void render_noInstance_writesNothing() {
    assertThat(render()).isEqualTo(4);
    assertThat(err.toString()).contains("not every service has an instance");
    assertThat(upstreams).doesNotExist();
  }

  @Test
  void render_proxyCannotBeTold_putsTheFileBack() throws Exception {
    instance("b-1");
    Files.writeString(upstreams, "# as it was\n");
    await().atMost(PATIENCE).until(() -> render("--exec", "true") != 4);
    String rendered = Files.readString(upstreams);
    assertThat(rendered).contains("b-1");
    Files.writeString(upstreams, "# as it was\n");

    assertThat(render("--exec", "echo no such proxy; false")).isEqualTo(1);

    assertThat(err.toString()).contains("no such proxy").contains("as it was before");
    assertThat(upstreams).hasContent("# as it was");
  }
}
