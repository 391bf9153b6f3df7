package io.holdfast.spi.tls;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Keys and trust of a client, from the files that {@link Credentials} names. They follow the files:
 * each handshake uses what is there then.
 */
public final class TlsMaterial {

  private final Optional<KeyManager> keys;
  private final TrustManager trust;

  private TlsMaterial(Optional<KeyManager> keys, TrustManager trust) {
    this.keys = keys;
    this.trust = trust;
  }

  /**
   * Reads the files for the first time.
   *
   * @throws IllegalArgumentException if one cannot be used, naming it
   */
  public static TlsMaterial of(Credentials credentials) {
    Optional<KeyManager> keys =
        credentials
            .certificate()
            .map(
                own ->
                    new FileKeyManager(
                        new Reloading<>(
                            List.of(own.chain(), own.key()), () -> keyManager(keyStore(own)))));
    TrustManager trust =
        credentials
            .authorities()
            .<TrustManager>map(
                pem ->
                    new FileTrustManager(
                        new Reloading<>(
                            List.of(pem), () -> trustManager(trustStore(Pem.certificates(pem))))))
            .orElseGet(() -> trustManager(null));
    return new TlsMaterial(keys, trust);
  }

  /** Shows our certificate; empty if we have none. */
  public Optional<KeyManager> keyManager() {
    return keys;
  }

  /** Checks the servers' certificates. */
  public TrustManager trustManager() {
    return trust;
  }

  /** A context of the JDK with both. */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys.map(own -> new KeyManager[] {own}).orElse(new KeyManager[0]),
          new TrustManager[] {trust},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /**
   * Our certificate and key as they are in the files now, for a client that wants a store.
   *
   * @param password protects the key in it
   * @throws IllegalArgumentException if the files cannot be used, naming the one
   */
  public static KeyStore keyStore(ClientCertificate own, char[] password) {
    X509Certificate[] chain = Pem.certificates(own.chain()).toArray(new X509Certificate[0]);
    PrivateKey key = Pem.key(own.key());
    if (!key.getAlgorithm().equals(chain[0].getPublicKey().getAlgorithm())) {
      throw new IllegalArgumentException(
          "the key in " + own.key() + " is not that of the certificate in " + own.chain());
    }
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry("client", key, password, chain);
      return store;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot use " + own.chain() + " and " + own.key(), e);
    }
  }

  private static KeyStore keyStore(ClientCertificate own) {
    return keyStore(own, new char[0]);
  }

  /**
   * The certificates that are in the file now, for a server that wants a store.
   *
   * @throws IllegalArgumentException if the file cannot be used, naming it
   */
  public static KeyStore trustStore(Path authorities) {
    return trustStore(Pem.certificates(authorities));
  }

  private static KeyStore trustStore(List<X509Certificate> authorities) {
    try {
      KeyStore store = emptyStore();
      for (Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot use the authorities' certificates", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("an empty store reads nothing", e);
    }
    return store;
  }

  private static X509ExtendedKeyManager keyManager(KeyStore store) {
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      return only(factory.getKeyManagers(), X509ExtendedKeyManager.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot use the client certificate", e);
    }
  }

  private static X509ExtendedTrustManager trustManager(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return only(factory.getTrustManagers(), X509ExtendedTrustManager.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot use the authorities' certificates", e);
    }
  }

  private static <T> T only(Object[] all, Class<T> type) {
    return Arrays.stream(all)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("this JVM has no " + type.getSimpleName()));
  }
}
