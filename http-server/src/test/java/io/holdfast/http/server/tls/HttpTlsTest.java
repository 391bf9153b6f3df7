package io.holdfast.http.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Secret;
import io.holdfast.spi.tls.TlsMaterial;
import io.holdfast.testkit.tls.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's server and a node's client, and those who are none. */
class HttpTlsTest {

  private static TestAuthority authority;
  private static TestAuthority stranger;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    authority = TestAuthority.create("bank");
    // Of the same name, or a client of the JDK would not show a certificate of it at all.
    stranger = TestAuthority.create("bank");
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    authority.close();
    stranger.close();
  }

  private static TlsOptions pem(
      ClientCertificate certificate, TestAuthority trusted, ClientAuth clients) {
    return new TlsOptions(new TlsIdentity.Pem(certificate), Optional.of(trusted.pem()), clients);
  }

  private static HttpTls node(ClientAuth clients) {
    return HttpTls.load(pem(authority.server(), authority, clients));
  }

  private static HttpClient client(ClientCertificate certificate, TestAuthority trusted) {
    return client(HttpTls.load(pem(certificate, trusted, ClientAuth.NONE)));
  }

  private static HttpClient client(HttpTls tls) {
    return tls.secure(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30)))
        .build();
  }

  /** Trusts the authority and has no certificate of its own. */
  private static HttpClient bareClient() {
    return HttpClient.newBuilder()
        .sslContext(
            TlsMaterial.of(
                    io.holdfast.coordination.security.Credentials.none()
                        .withAuthorities(authority.pem()))
                .context())
        .build();
  }

  private static int listen(HttpServerOptions options) throws Exception {
    return vertx
        .createHttpServer(options.setHost("127.0.0.1").setPort(0))
        .requestHandler(request -> request.response().end(request.version().toString()))
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS)
        .actualPort();
  }

  private static int listen(HttpTls tls) throws Exception {
    return listen(tls.secure(new HttpServerOptions()));
  }

  private static String get(HttpClient client, String scheme, int port)
      throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(30))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void nodes_ofOneAuthority_talk() throws Exception {
    int port = listen(node(ClientAuth.REQUIRED));

    assertThat(get(client(node(ClientAuth.NONE)), "https", port)).isEqualTo("HTTP_1_1");
  }

  @Test
  void client_thatWouldSpeakHttp2_isServedHttp1() throws Exception {
    int port = listen(node(ClientAuth.NONE));

    assertThat(get(bareClient(), "https", port)).isEqualTo("HTTP_1_1");
  }

  @Test
  void client_serverOfAnotherAuthority_isRefused() throws Exception {
    int port = listen(HttpTls.load(pem(stranger.server(), stranger, ClientAuth.NONE)));

    assertThatThrownBy(() -> get(client(authority.client("node"), authority), "https", port))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void client_serverOfAnotherHost_isRefused() throws Exception {
    int port =
        listen(HttpTls.load(pem(authority.serverOf("node9.example"), authority, ClientAuth.NONE)));

    assertThatThrownBy(() -> get(client(authority.client("node"), authority), "https", port))
        .isInstanceOf(SSLException.class)
        .hasStackTraceContaining("subject alternative");
  }

  @Test
  void client_serverOutOfDate_isRefused() throws Exception {
    ClientCertificate expired = authority.expiredServer();
    int port =
        listen(
            new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertPath(expired.chain().toString())
                        .addKeyPath(expired.key().toString())));

    assertThatThrownBy(() -> get(client(authority.client("node"), authority), "https", port))
        .isInstanceOf(SSLException.class)
        .hasStackTraceContaining("Expired");
  }

  @Test
  void server_clientCertificateRequired_refusesNoneAndStrangers() throws Exception {
    int port = listen(node(ClientAuth.REQUIRED));

    assertThatThrownBy(() -> get(bareClient(), "https", port)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(client(stranger.client("node"), authority), "https", port))
        .isInstanceOf(IOException.class);
  }

  @Test
  void server_clientCertificateRequested_takesNoneOrOursAndRefusesStrangers() throws Exception {
    int port = listen(node(ClientAuth.REQUEST));

    assertThat(get(bareClient(), "https", port)).isNotEmpty();
    assertThat(get(client(authority.client("shop"), authority), "https", port)).isNotEmpty();
    assertThatThrownBy(() -> get(client(stranger.client("node"), authority), "https", port))
        .isInstanceOf(IOException.class);
  }

  @Test
  void server_withTls_doesNotSpeakWithout() throws Exception {
    int port = listen(node(ClientAuth.NONE));

    assertThatThrownBy(() -> get(HttpClient.newHttpClient(), "http", port))
        .isInstanceOf(IOException.class);
  }

  @Test
  void load_pkcs12_worksAsPemDoes(@TempDir Path folder) throws Exception {
    Path store = pkcs12(folder, "right");
    HttpTls tls = HttpTls.load(pkcs12Options(store, "right"));
    int port = listen(tls);

    assertThat(get(client(tls), "https", port)).isNotEmpty();
  }

  @Test
  void load_pkcs12WithAnotherPassword_namesTheFileAndNotThePassword(@TempDir Path folder)
      throws Exception {
    Path store = pkcs12(folder, "right");

    assertThatThrownBy(() -> HttpTls.load(pkcs12Options(store, "wr0ng")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(store.toString())
        .hasMessageNotContaining("wr0ng");
  }

  private static Path pkcs12(Path folder, String password) throws Exception {
    KeyStore store = TlsMaterial.keyStore(authority.server(), password.toCharArray());
    Path file = folder.resolve("node.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
    return file;
  }

  private static TlsOptions pkcs12Options(Path store, String password) {
    return new TlsOptions(
        new TlsIdentity.Pkcs12(store, Secret.of(password.toCharArray())),
        Optional.of(authority.pem()),
        ClientAuth.REQUIRED);
  }

  @Test
  void load_certificateOutOfDate_saysSince() {
    assertThatThrownBy(
            () -> HttpTls.load(pem(authority.expiredServer(), authority, ClientAuth.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not now");
  }

  @Test
  void load_keyOfAnotherCertificate_isRefused() {
    ClientCertificate mixed =
        new ClientCertificate(authority.server().chain(), authority.server().key());

    assertThatThrownBy(() -> HttpTls.load(pem(mixed, authority, ClientAuth.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not that of the certificate");
  }

  @Test
  void load_missingFiles_areNamed() {
    ClientCertificate missing = new ClientCertificate(Path.of("/no/chain"), Path.of("/no/key"));

    assertThatThrownBy(() -> HttpTls.load(pem(missing, authority, ClientAuth.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/no/chain");
    assertThatThrownBy(
            () ->
                HttpTls.load(
                    new TlsOptions(
                        new TlsIdentity.Pem(authority.server()),
                        Optional.of(Path.of("/no/authority")),
                        ClientAuth.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/no/authority");
  }

  @Test
  void options_clientCertificatesWithoutAuthority_areRefused() {
    assertThatThrownBy(
            () ->
                new TlsOptions(
                    new TlsIdentity.Pem(authority.server()), Optional.empty(), ClientAuth.REQUEST))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
