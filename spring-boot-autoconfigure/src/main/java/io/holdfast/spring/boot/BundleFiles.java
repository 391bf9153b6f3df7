package io.holdfast.spring.boot;

import io.holdfast.coordination.security.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.FileSystemUtils;

/**
 * An SSL bundle of Spring Boot as the files that the stores' clients want: PEM, in a temporary
 * folder that only this user can read, deleted on {@link #close}. When the bundle is reloaded the
 * files are replaced, and every later connection uses the new ones.
 */
final class BundleFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BundleFiles.class);
  private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private final Path folder;
  private final Credentials credentials;

  /**
   * Writes a bundle.
   *
   * @throws IllegalArgumentException if its key cannot be read
   */
  BundleFiles(SslBundle bundle) {
    try {
      folder = Files.createTempDirectory("holdfast-tls-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder for the SSL bundle", e);
    }
    try {
      credentials = write(bundle);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What they say: whom we trust, and our certificate. */
  Credentials credentials() {
    return credentials;
  }

  /** Replaces the files; if the bundle cannot be used, they stay. */
  void reload(SslBundle bundle) {
    try {
      write(bundle);
    } catch (RuntimeException e) {
      LOG.warn("keeping the former certificates: {}", String.valueOf(e.getMessage()));
    }
  }

  private Credentials write(SslBundle bundle) {
    Credentials written = Credentials.none();
    try {
      KeyStore trusted = bundle.getStores().getTrustStore();
      if (trusted != null) {
        written = written.withAuthorities(put("authorities.pem", certificates(trusted)));
      }
      KeyStore own = bundle.getStores().getKeyStore();
      if (own != null) {
        String alias = alias(bundle, own);
        Path chain = put("chain.pem", pem(List.of(own.getCertificateChain(alias))));
        written = written.withCertificate(chain, put("key.pem", key(bundle, own, alias)));
      }
      return written;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the SSL bundle cannot be read: " + e.getMessage(), e);
    }
  }

  private static String alias(SslBundle bundle, KeyStore own) throws GeneralSecurityException {
    String named = bundle.getKey().getAlias();
    if (named != null) {
      bundle.getKey().assertContainsAlias(own);
      return named;
    }
    for (String alias : Collections.list(own.aliases())) {
      if (own.isKeyEntry(alias)) {
        return alias;
      }
    }
    throw new IllegalArgumentException("the key store of the SSL bundle has no key");
  }

  private static String key(SslBundle bundle, KeyStore own, String alias)
      throws GeneralSecurityException {
    String password = bundle.getKey().getPassword();
    if (password == null) {
      password = bundle.getStores().getKeyStorePassword();
    }
    Key key = own.getKey(alias, password == null ? null : password.toCharArray());
    byte[] encoded = key == null ? null : key.getEncoded();
    if (encoded == null) {
      throw new IllegalArgumentException(
          "the key of the SSL bundle cannot be had out of its store, and the clients of ZooKeeper"
              + " and etcd want it");
    }
    return block("PRIVATE KEY", encoded);
  }

  private static String certificates(KeyStore store) throws GeneralSecurityException {
    List<Certificate> all = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      @Nullable Certificate certificate = store.getCertificate(alias);
      if (certificate != null) {
        all.add(certificate);
      }
    }
    return pem(all);
  }

  private static String pem(List<Certificate> certificates) throws GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (Certificate certificate : certificates) {
      text.append(block("CERTIFICATE", certificate.getEncoded()));
    }
    return text.toString();
  }

  private static String block(String type, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, BASE64.encodeToString(content), type);
  }

  /** In one step, for a connection may be reading. */
  private Path put(String name, String text) {
    Path file = folder.resolve(name);
    try {
      Path next = Files.createTempFile(folder, name, ".new");
      Files.write(next, text.getBytes(StandardCharsets.US_ASCII));
      try {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the SSL bundle to " + folder, e);
    }
  }

  @Override
  public void close() {
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      LOG.warn("cannot delete {}", folder, e);
    }
  }
}
