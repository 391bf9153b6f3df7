package io.holdfast.chaos.suite;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the certificate that a server shows, and trusts any. */
final class Handshake {

  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

  private Handshake() {}

  /** Who signed the certificate of the first server of an address. */
  static String issuer(String uri) {
    String[] first = URI.create(uri.replaceFirst(",[^/]*", "")).getAuthority().split(":", 2);
    AtomicReference<X509Certificate> seen = new AtomicReference<>();
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Curious(seen)}, null);
      try (SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(first[0], Integer.parseInt(first[1]))) {
        socket.startHandshake();
      }
    } catch (IOException e) {
      LOG.debug("a client without a certificate is sent away", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return Objects.requireNonNull(seen.get(), "a certificate").getIssuerX500Principal().getName();
  }

  private record Curious(AtomicReference<X509Certificate> seen) implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {
      throw new UnsupportedOperationException("this is a client");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {
      seen.set(chain[0]);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
