package io.holdfast.zookeeper.internal.client;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.spi.tls.TlsMaterial;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of ZooKeeper's client for one session. The client asks for some of them at each new
 * connection, and only then are they made: so that it finds certificates as they are by then.
 *
 * <p>It takes key and certificate from one file only, so they are put together in a temporary store
 * that its owner alone may read, under a password that is nowhere else.
 */
public final class ClientSettings extends ZKClientConfig implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClientSettings.class);
  private static final String PROTOCOLS = "TLSv1.3,TLSv1.2";
  private static final String NETTY = "org.apache.zookeeper.ClientCnxnSocketNetty";

  /** Kerberos alone has use for it; given, it spares the question to DNS. */
  private static final String ANY_PRINCIPAL = "zookeeper/any";

  private static final int PASSWORD_BYTES = 16;

  /**
   * ZooKeeper's client takes one megabyte otherwise, and breaks the connection over more: some ten
   * thousand names in a directory, which nobody can prevent others from putting there.
   */
  private static final int LONGEST_ANSWER = 32 * 1024 * 1024;

  private final Optional<ClientCertificate> certificate;
  private final Optional<Logins.Section> login;
  private final String keyStoreProperty;
  private final String keyStorePassword;

  /** Guarded by this; null until it is needed. */
  private @Nullable Path keyStore;

  ClientSettings(Security security) {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    this.keyStorePassword = HexFormat.of().formatHex(random);
    this.certificate = security.isTls() ? security.credentials().certificate() : Optional.empty();
    this.login = security.credentials().login().map(Logins::add);
    try (ClientX509Util names = new ClientX509Util()) {
      this.keyStoreProperty = names.getSslKeystoreLocationProperty();
      // ZooKeeper logs nobody in by password in this mode; host names are checked either way.
      setProperty(names.getFipsModeProperty(), Boolean.toString(login.isEmpty()));
      if (security.isTls()) {
        useTls(security, names);
      }
    }
    setProperty(ENABLE_CLIENT_SASL_KEY, Boolean.toString(useSasl()));
    setProperty(JUTE_MAXBUFFER, Integer.toString(longestAnswer()));
    if (login.isPresent()) {
      setProperty(ZOOKEEPER_SERVER_PRINCIPAL, ANY_PRINCIPAL);
    }
  }

  /**
   * Without a login of ours only if the program asks for it by ZooKeeper's own property. Needlessly
   * on, it is not harmless: to find the server's principal it asks DNS for the host's name, and TLS
   * then checks the certificate for that name in place of the one in the address.
   */
  private boolean useSasl() {
    return login.isPresent() || Boolean.getBoolean(ENABLE_CLIENT_SASL_KEY);
  }

  /** How many bytes an answer may have; as the program's own property has it, if it is set. */
  int longestAnswer() {
    return Integer.getInteger(JUTE_MAXBUFFER, LONGEST_ANSWER);
  }

  private void useTls(Security security, ClientX509Util names) {
    setProperty(SECURE_CLIENT, "true");
    setProperty(ZOOKEEPER_CLIENT_CNXN_SOCKET, NETTY);
    setProperty(names.getSslEnabledProtocolsProperty(), PROTOCOLS);
    setProperty(names.getSslHostnameVerificationEnabledProperty(), "true");
    setProperty(names.getSslTruststoreLocationProperty(), "");
    setProperty(names.getSslKeystoreLocationProperty(), "");
    security
        .credentials()
        .authorities()
        .ifPresent(
            pem -> {
              setProperty(names.getSslTruststoreLocationProperty(), pem.toString());
              setProperty(names.getSslTruststoreTypeProperty(), "PEM");
            });
    if (certificate.isPresent()) {
      setProperty(names.getSslKeystoreTypeProperty(), "PKCS12");
      setProperty(names.getSslKeystorePasswdProperty(), keyStorePassword);
    }
  }

  @Override
  public @Nullable String getProperty(String key) {
    if (key.equals(LOGIN_CONTEXT_NAME_KEY) && login != null && login.isPresent()) {
      return login.get().name();
    }
    if (key.equals(keyStoreProperty) && certificate != null && certificate.isPresent()) {
      return keyStore(certificate.get()).toString();
    }
    return super.getProperty(key);
  }

  @Override
  public String getProperty(String key, String otherwise) {
    String value = getProperty(key);
    return value == null ? otherwise : value;
  }

  private synchronized Path keyStore(ClientCertificate own) {
    try {
      if (keyStore == null) {
        keyStore = Files.createTempFile("holdfast-client-", ".p12");
      }
      write(TlsMaterial.keyStore(own, keyStorePassword.toCharArray()), keyStore);
    } catch (IllegalArgumentException e) {
      LOG.warn("keeping the former client certificate: {}", e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary file for the client certificate", e);
    }
    return Objects.requireNonNull(keyStore);
  }

  private void write(KeyStore store, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, keyStorePassword.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot write a key store", e);
    }
  }

  /** Forgets the login and deletes what is temporary. Idempotent. */
  @Override
  public synchronized void close() {
    login.ifPresent(Logins::remove);
    try {
      if (keyStore != null) {
        Files.deleteIfExists(keyStore);
        keyStore = null;
      }
    } catch (IOException e) {
      LOG.warn("cannot delete {}", keyStore, e);
    }
  }
}
