package io.holdfast.cli.kubernetes;

import io.holdfast.coordination.security.Credentials;
import io.holdfast.spi.tls.TlsMaterial;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name an API server of Kubernetes; a pod has what they say. */
final class ApiOptions {

  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Option(
      names = "--api-server",
      paramLabel = "URL",
      description =
          "the API server; without TLS only on loopback, and then no token is sent"
              + " (default: the one of this pod)")
  private @Nullable URI server;

  @Option(
      names = "--api-ca",
      paramLabel = "FILE",
      description = "PEM, who signs for the API server (default: that of the service account)")
  private Path authorities = ACCOUNT.resolve("ca.crt");

  @Option(
      names = "--api-token-file",
      paramLabel = "FILE",
      description =
          "has the bearer token, and is read for each request"
              + " (default: that of the service account)")
  private Path token = ACCOUNT.resolve("token");

  @Option(
      names = "--kubernetes-namespace",
      paramLabel = "NAME",
      description = "where the Services are (default: the one of this pod)")
  private @Nullable String namespace;

  /** Connects when it is asked. */
  ApiServer open() {
    URI base = server == null ? ofThisPod() : server;
    String host = base.getHost();
    if (host == null || base.getRawQuery() != null || base.getRawUserInfo() != null) {
      throw new IllegalArgumentException("--api-server: write https://HOST:PORT");
    }
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER);
    if ("https".equals(base.getScheme())) {
      client.sslContext(TlsMaterial.of(Credentials.none().withAuthorities(authorities)).context());
    } else if (!"http".equals(base.getScheme()) || !isLoopback(host)) {
      throw new IllegalArgumentException(
          "--api-server: TLS (https) is left out on loopback only, for 'kubectl proxy'");
    }
    return new ApiServer(client.build(), base, namespace(), Optional.of(token));
  }

  private static boolean isLoopback(String host) {
    return host.equals("127.0.0.1") || host.equals("[::1]") || host.equals("localhost");
  }

  private static URI ofThisPod() {
    String host = System.getenv("KUBERNETES_SERVICE_HOST");
    String port = System.getenv("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null) {
      throw new IllegalArgumentException("this is no pod of Kubernetes: give --api-server");
    }
    return URI.create("https://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
  }

  private String namespace() {
    String name = namespace;
    if (name == null) {
      try {
        name = Files.readString(ACCOUNT.resolve("namespace")).strip();
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "this is no pod of Kubernetes: give --kubernetes-namespace", e);
      }
    }
    if (!Endpoint.DNS_LABEL.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is no namespace of Kubernetes");
    }
    return name;
  }
}
