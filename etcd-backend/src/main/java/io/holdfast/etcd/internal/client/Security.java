package io.holdfast.etcd.internal.client;

import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.spi.Durations;
import io.holdfast.spi.tls.TlsMaterial;
import io.holdfast.spi.tls.TlsProbe;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * How the clients of one cluster are secured. One for all connections: keys and trust follow their
 * files by themselves.
 *
 * @param tls for gRPC; empty without TLS
 * @param probing the same for {@link TlsProbe}
 * @param login empty without user and password
 */
public record Security(
    Optional<SslContext> tls, Optional<SSLContext> probing, Optional<Login> login) {

  /** Of addresses that ask for TLS. */
  public static final String TLS_SCHEME = "etcd+tls";

  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(1);

  /**
   * What an address and the credentials come to.
   *
   * @throws IllegalArgumentException if they do not fit together or a file cannot be used
   */
  public static Security of(ClusterUri uri, Credentials credentials) {
    credentials.checkAddress(uri.scheme(), uri.hosts());
    credentials.login().ifPresent(login -> login.password().read());
    if (!uri.scheme().equals(TLS_SCHEME)) {
      return new Security(Optional.empty(), Optional.empty(), credentials.login());
    }
    TlsMaterial material = TlsMaterial.of(credentials);
    return new Security(
        Optional.of(forGrpc(material)), Optional.of(material.context()), credentials.login());
  }

  /**
   * The same without saying who we are.
   *
   * @param uri and
   * @param credentials as it was made of
   */
  public Security anonymous(ClusterUri uri, Credentials credentials) {
    return of(uri, new Credentials(credentials.authorities(), Optional.empty(), Optional.empty()));
  }

  private static SslContext forGrpc(TlsMaterial material) {
    SslContextBuilder builder = SslContextBuilder.forClient().trustManager(material.trustManager());
    material.keyManager().ifPresent(builder::keyManager);
    try {
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new IllegalStateException("this JVM has no TLS for HTTP/2", e);
    }
  }

  /** Prepares a client of one server. */
  ClientBuilder applyTo(ClientBuilder client, String host) {
    tls.ifPresent(client::sslContext);
    login.ifPresent(user -> client.interceptor(new TokenInterceptor(user)));
    return client.authority(host);
  }

  /** Asks servers why there is no connection. */
  TlsProbe probe() {
    return new TlsProbe(probing, Durations.intMillis(PROBE_PATIENCE));
  }
}
