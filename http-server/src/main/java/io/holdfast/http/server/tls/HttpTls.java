package io.holdfast.http.server.tls;

import io.holdfast.spi.tls.TlsMaterial;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * The keys and the trust of a server, read once: for itself, and for its client of other servers.
 * TLS 1.2 and 1.3 only. The client always checks that a server's certificate is for the host it
 * connects to.
 */
public final class HttpTls {

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
  private static final int HANDSHAKE_SECONDS = 5;

  private final TlsOptions options;
  private final X509KeyManager keys;
  private final Optional<TrustManager> trust;

  private HttpTls(TlsOptions options, X509KeyManager keys, Optional<TrustManager> trust) {
    this.options = options;
    this.keys = keys;
    this.trust = trust;
  }

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException if one of them cannot be used, naming it, or if no client
   *     could accept what is in it: a certificate that is out of date, or a key that is not its
   */
  public static HttpTls load(TlsOptions options) {
    char[] password =
        options.identity() instanceof TlsIdentity.Pkcs12 store
            ? store.password().read()
            : new char[0];
    try {
      KeyStore own = keyStore(options.identity(), password);
      check(own, options.identity(), password);
      return new HttpTls(
          options,
          keyManager(own, password),
          options.authorities().map(TlsMaterial::trustStore).map(HttpTls::trustManager));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the key and certificate in " + options.identity().file() + " cannot be used", e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private static KeyStore keyStore(TlsIdentity identity, char[] password)
      throws GeneralSecurityException {
    if (identity instanceof TlsIdentity.Pem pem) {
      return TlsMaterial.keyStore(pem.certificate(), password);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(identity.file())) {
      store.load(in, password);
      return store;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          identity.file()
              + " cannot be read, is no PKCS #12 store, or has another password: "
              + e.getClass().getSimpleName(),
          e);
    }
  }

  private static void check(KeyStore store, TlsIdentity identity, char[] password)
      throws GeneralSecurityException {
    List<String> keys = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        keys.add(alias);
      }
    }
    if (keys.size() != 1) {
      throw new IllegalArgumentException(
          identity.file() + " has " + keys.size() + " keys, and must have one");
    }
    X509Certificate certificate = (X509Certificate) store.getCertificate(keys.get(0));
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      throw new IllegalArgumentException(
          "the certificate in "
              + identity.file()
              + " is valid from "
              + certificate.getNotBefore().toInstant()
              + " to "
              + certificate.getNotAfter().toInstant()
              + ", and not now",
          e);
    }
    if (store.getKey(keys.get(0), password) instanceof PrivateKey key
        && !belongTogether(key, certificate)) {
      throw new IllegalArgumentException(
          "the private key is not that of the certificate in " + identity.file());
    }
  }

  private static boolean belongTogether(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] probe = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(probe);
    return signature.verify(signed);
  }

  private static X509KeyManager keyManager(KeyStore store, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return Arrays.stream(factory.getKeyManagers())
        .filter(X509KeyManager.class::isInstance)
        .map(X509KeyManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("this JVM has no X.509"));
  }

  private static TrustManager trustManager(KeyStore authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities);
      return factory.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no X.509", e);
    }
  }

  /**
   * Lets a server speak TLS and nothing else, with HTTP/1.1 as without TLS: of HTTP/2 one
   * connection brings many requests, and what bounds connections would bound nothing.
   *
   * @return the same options
   */
  public HttpServerOptions secure(HttpServerOptions server) {
    server
        .setSsl(true)
        .setUseAlpn(false)
        .setKeyCertOptions(KeyCertOptions.wrap(keys))
        .setClientAuth(options.clients())
        .setEnabledSecureTransportProtocols(new LinkedHashSet<>(VERSIONS))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    trust.ifPresent(manager -> server.setTrustOptions(TrustOptions.wrap(manager)));
    return server;
  }

  /**
   * Lets a client show this server's certificate and trust the authorities, or whom the JVM trusts.
   *
   * @return the same builder
   */
  public HttpClient.Builder secure(HttpClient.Builder client) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(VERSIONS.toArray(String[]::new));
    return client.sslContext(context()).sslParameters(parameters);
  }

  /** Shows the server's certificate, for servers of other libraries. */
  public KeyManager shown() {
    return keys;
  }

  /** Checks what clients show; empty if no authority was named. */
  public Optional<TrustManager> trusted() {
    return trust;
  }

  /** Whether clients show a certificate. */
  public ClientAuth clients() {
    return options.clients();
  }

  private SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {keys},
          trust.map(manager -> new TrustManager[] {manager}).orElse(null),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }
}
