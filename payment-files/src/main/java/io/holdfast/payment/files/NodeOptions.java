package io.holdfast.payment.files;

import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Secret;
import io.holdfast.spi.tls.TlsMaterial;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the payment nodes, and how to speak to them. */
final class NodeOptions {

  @Option(
      names = "--to",
      paramLabel = "URL",
      split = ",",
      description =
          "a payment node, such as https://pay-1.example:8443; several with commas between them:"
              + " when one does not answer, the next is asked")
  private List<String> nodes = new ArrayList<>();

  @Option(names = "--key-file", paramLabel = "FILE", description = "its first line is our API key")
  private @Nullable Path keyFile;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "with https: certificates (PEM) of the authorities that sign for the nodes, instead of"
              + " those that this JVM trusts")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "with https: our own certificate (PEM), for nodes that ask for one")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its private key (PEM, PKCS #8)")
  private @Nullable Path key;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "30s",
      description = "how long to wait for one answer (default: ${DEFAULT-VALUE})")
  private Duration timeout = Duration.ofSeconds(30);

  /**
   * Gets ready to ask them.
   *
   * @throws IllegalArgumentException if an option is wrong, or a file cannot be used
   */
  NodeClient open() {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("which node? Give --to, https://pay-1.example:8443 say");
    }
    List<URI> uris = nodes.stream().map(NodeOptions::uri).toList();
    boolean secure = uris.stream().allMatch(uri -> uri.getScheme().equals("https"));
    if (timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("--timeout must be more than nothing and at most 1h");
    }
    if (keyFile != null) {
      uris.forEach(NodeOptions::checkPrivate);
    }
    return new NodeClient(uris, apiKey(), secure ? tls() : Optional.empty(), timeout);
  }

  private static URI uri(String text) {
    URI uri;
    try {
      uri = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--to: no URL: " + text, e);
    }
    String scheme = uri.getScheme();
    boolean web = "http".equals(scheme) || "https".equals(scheme);
    if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "--to must be http://HOST:PORT or https://HOST:PORT, not " + text);
    }
    return uri;
  }

  /** Who reads an API key on its way can pay with it. */
  private static void checkPrivate(URI uri) {
    String host = uri.getHost();
    boolean local =
        host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    if (uri.getScheme().equals("http") && !local) {
      throw new IllegalArgumentException(
          "an API key does not go over http:// to another machine: use https://");
    }
  }

  private Optional<String> apiKey() {
    if (keyFile == null) {
      return Optional.empty();
    }
    if (!Files.isReadable(keyFile)) {
      throw new IllegalArgumentException("the key file " + keyFile + " cannot be read");
    }
    String text = new String(Secret.fromFile(keyFile).read()).strip();
    if (!text.matches("[\\x21-\\x7e]{1,1000}")) {
      throw new IllegalArgumentException("the first line of " + keyFile + " is no API key");
    }
    return Optional.of(text);
  }

  private Optional<SSLContext> tls() {
    Credentials credentials = Credentials.none();
    if (authorities != null) {
      credentials = credentials.withAuthorities(authorities);
    }
    if (certificate != null && key != null) {
      credentials = credentials.withCertificate(certificate, key);
    } else if (certificate != null || key != null) {
      throw new IllegalArgumentException("give --tls-cert and --tls-key together");
    }
    return Optional.of(TlsMaterial.of(credentials).context());
  }
}
