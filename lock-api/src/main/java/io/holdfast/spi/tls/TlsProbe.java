package io.holdfast.spi.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks servers by a handshake of its own why a client gets no connection, for clients that do not
 * tell. Blocks: for a thread of its own.
 */
public final class TlsProbe {

  private static final Logger LOG = LoggerFactory.getLogger(TlsProbe.class);

  /** A question to which a ZooKeeper server answers; any other closes or says nothing. */
  private static final byte[] QUESTION = "ruok".getBytes(StandardCharsets.US_ASCII);

  private final Optional<SSLContext> own;
  private final int patienceMillis;

  /**
   * @param own the context of the client that gets no connection; empty if it uses no TLS
   * @param patienceMillis for each step with each server
   */
  public TlsProbe(Optional<SSLContext> own, int patienceMillis) {
    this.own = own;
    this.patienceMillis = patienceMillis;
  }

  /**
   * Asks one after the other.
   *
   * @param servers as {@code host:port}
   * @return what is wrong with one, if it is wrong with something and none is well
   */
  public Optional<String> ask(List<String> servers) {
    Optional<String> problem = Optional.empty();
    for (String server : servers) {
      try {
        Optional<String> found = ask(server);
        if (found.isEmpty()) {
          return Optional.empty();
        }
        problem = found;
      } catch (IOException e) {
        LOG.debug("{} says nothing about TLS", server, e);
      }
    }
    return problem;
  }

  private Optional<String> ask(String server) throws IOException {
    int colon = server.lastIndexOf(':');
    String host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(server.substring(colon + 1));
    if (own.isEmpty()) {
      return speaksTls(host, port) ? Optional.of(TlsProblem.onlyTls(server)) : Optional.empty();
    }
    try (SSLSocket socket = connect(own.get(), host, port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      // In TLS 1.3 a server refuses our certificate only after our side of the handshake is done.
      socket.getOutputStream().write(QUESTION);
      awaitAlert(socket);
      return Optional.empty();
    } catch (SSLException e) {
      Optional<String> problem = TlsProblem.explain(e, server);
      if (problem.isEmpty()) {
        throw e;
      }
      return problem;
    }
  }

  private boolean speaksTls(String host, int port) throws IOException {
    try (SSLSocket socket = connect(unbelieving(), host, port)) {
      socket.startHandshake();
      return true;
    } catch (SSLException e) {
      // An alert is TLS too: a server that wants another version or a certificate.
      return String.valueOf(e.getMessage()).contains("fatal alert");
    }
  }

  private SSLSocket connect(SSLContext context, String host, int port) throws IOException {
    Socket plain = new Socket();
    try {
      plain.connect(new InetSocketAddress(host, port), patienceMillis);
      plain.setSoTimeout(patienceMillis);
      return (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static void awaitAlert(Socket socket) throws IOException {
    try {
      LOG.debug("it answers {}", socket.getInputStream().read());
    } catch (SocketTimeoutException e) {
      LOG.debug("it does not answer, and gives no alert either");
    }
  }

  /** Sends nothing and believes nothing: it only looks whether the other side shakes hands. */
  private static SSLContext unbelieving() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new AnyCertificate()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /** For {@link #speaksTls} only, where nothing is sent whoever the server is. */
  private static final class AnyCertificate implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
