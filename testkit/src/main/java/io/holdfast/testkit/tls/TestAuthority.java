package io.holdfast.testkit.tls;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.testkit.process.TemporaryFolder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Signs certificates for a test. All files are in one temporary folder, which goes away on {@link
 * #close}.
 */
public final class TestAuthority implements AutoCloseable {

  private static final Duration VALID = Duration.ofDays(1);

  private final TemporaryFolder folder;
  private final X509Bundle root;
  private final Path pem;

  private TestAuthority(TemporaryFolder folder, X509Bundle root) {
    this.folder = folder;
    this.root = root;
    this.pem = folder.path().resolve("authority.pem");
    write(pem, root.getCertificatePEM());
  }

  /** A new one, which nobody trusts yet. */
  public static TestAuthority create(String name) {
    try {
      return new TestAuthority(
          TemporaryFolder.create("holdfast-tls-"),
          builder("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned());
    } catch (Exception e) {
      throw new IllegalStateException("cannot make an authority", e);
    }
  }

  private static CertificateBuilder builder(String subject) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .subject(subject)
        .notBefore(now.minus(VALID))
        .notAfter(now.plus(VALID));
  }

  /** Its own certificate, for those who are to trust it. */
  public Path pem() {
    return pem;
  }

  /** For a server on this machine, reached as 127.0.0.1 and not as localhost. */
  public ClientCertificate server() {
    return issue(builder("CN=server").addSanIpAddress("127.0.0.1"), "server");
  }

  /** For a server of another name than any under which this machine is reached. */
  public ClientCertificate serverOf(String dnsName) {
    return issue(builder("CN=" + dnsName).addSanDnsName(dnsName), "other");
  }

  /** As {@link #server}, and out of date since yesterday. */
  public ClientCertificate expiredServer() {
    Instant now = Instant.now();
    return issue(
        builder("CN=server")
            .addSanIpAddress("127.0.0.1")
            .notBefore(now.minus(VALID.multipliedBy(2)))
            .notAfter(now.minus(VALID)),
        "expired");
  }

  /** For a client; the name is the user that etcd takes it for. */
  public ClientCertificate client(String name) {
    return issue(builder("CN=" + name), name);
  }

  private ClientCertificate issue(CertificateBuilder builder, String name) {
    try {
      X509Bundle issued =
          builder
              .addExtendedKeyUsageServerAuth()
              .addExtendedKeyUsageClientAuth()
              .buildIssuedBy(root);
      Path base = folder.path().resolve(name + "-" + UUID.randomUUID());
      Path chain = base.resolveSibling(base.getFileName() + ".crt");
      Path key = base.resolveSibling(base.getFileName() + ".key");
      write(chain, issued.getCertificatePEM());
      write(key, issued.getPrivateKeyPEM());
      return new ClientCertificate(chain, key);
    } catch (Exception e) {
      throw new IllegalStateException("cannot issue a certificate for " + name, e);
    }
  }

  private static void write(Path file, String pem) {
    try {
      Files.writeString(file, pem, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    folder.close();
  }
}
