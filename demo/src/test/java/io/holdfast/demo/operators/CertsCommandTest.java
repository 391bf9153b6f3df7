package io.holdfast.demo.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Secret;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CertsCommandTest {

  private static final StringWriter ERR = new StringWriter();

  @TempDir private static Path temporary = Path.of("");

  private static Path folder = Path.of("");
  private static Vertx vertx;

  private static int run(String... words) {
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(new StringWriter()));
    commandLine.setErr(new PrintWriter(ERR));
    String[] line = Stream.concat(Stream.of("certs"), Stream.of(words)).toArray(String[]::new);
    return commandLine.execute(line);
  }

  @BeforeAll
  static void make() {
    folder = temporary.resolve("new/certs");
    vertx = Vertx.vertx();
    assertThat(run(folder.toString(), "--node", "127.0.0.1,localhost", "--client", "shop"))
        .as(ERR.toString())
        .isZero();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static HttpTls tls(TlsIdentity identity, ClientAuth clients) {
    return HttpTls.load(
        new TlsOptions(identity, Optional.of(folder.resolve("authority.pem")), clients));
  }

  private static TlsIdentity pem(String name) {
    return new TlsIdentity.Pem(
        new ClientCertificate(folder.resolve(name + ".pem"), folder.resolve(name + ".key")));
  }

  private static TlsIdentity pkcs12(String name) {
    return new TlsIdentity.Pkcs12(
        folder.resolve(name + ".p12"), Secret.fromFile(folder.resolve("password")));
  }

  @Test
  void files_areForTheOwnerOnly_andThoseThatHelpSays() throws IOException {
    assertThat(permissions(folder)).isEqualTo("rwx------");
    List<String> names;
    try (Stream<Path> files = Files.list(folder)) {
      names = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    for (String name : names) {
      assertThat(permissions(folder.resolve(name))).as(name).isEqualTo("rw-------");
    }
    assertThat(names)
        .containsExactly(
            "authority.p12",
            "authority.pem",
            "client-shop.key",
            "client-shop.p12",
            "client-shop.pem",
            "node-127.0.0.1.key",
            "node-127.0.0.1.p12",
            "node-127.0.0.1.pem",
            "password");
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void certificates_nodeAndClient_shakeHandsUnderEachName() throws Exception {
    int port =
        vertx
            .createHttpServer(
                tls(pem("node-127.0.0.1"), ClientAuth.REQUIRED)
                    .secure(new HttpServerOptions().setHost("127.0.0.1").setPort(0)))
            .requestHandler(request -> request.response().end("served"))
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS)
            .actualPort();
    HttpClient client =
        tls(pkcs12("client-shop"), ClientAuth.NONE).secure(HttpClient.newBuilder()).build();

    for (String host : List.of("127.0.0.1", "localhost")) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://" + host + ":" + port + "/"))
              .timeout(Duration.ofSeconds(30))
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .as(host)
          .isEqualTo("served");
    }
  }

  @Test
  void again_sameName_overwritesNothing() throws IOException {
    Path key = folder.resolve("node-127.0.0.1.key");
    FileTime before = Files.getLastModifiedTime(key);

    assertThat(run(folder.toString(), "--client", "late", "--node", "127.0.0.1")).isEqualTo(2);
    assertThat(ERR.toString()).contains("not overwritten");
    assertThat(Files.getLastModifiedTime(key)).isEqualTo(before);
    assertThat(folder.resolve("client-late.pem")).doesNotExist();
  }

  @Test
  void wrongUsage_makesNothing() {
    Path other = temporary.resolve("other");

    assertThat(run(other.toString())).isEqualTo(2);
    assertThat(run(other.toString(), "--node", "host:80")).isEqualTo(2);
    assertThat(run(other.toString(), "--node", "a,,b")).isEqualTo(2);
    assertThat(run(other.toString(), "--client", "CN=x,O=y")).isEqualTo(2);
    assertThat(run(other.toString(), "--client", "x", "--days", "0")).isEqualTo(2);
    assertThat(other).doesNotExist();
  }
}
