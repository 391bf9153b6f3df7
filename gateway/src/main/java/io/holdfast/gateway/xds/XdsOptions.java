package io.holdfast.gateway.xds;

import io.holdfast.http.server.tls.TlsOptions;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * How the xDS door runs.
 *
 * @param address to listen on; the port may be 0
 * @param tls its certificate, and who signs for clients; empty for none
 * @param streams of clients at a time; further ones are refused with RESOURCE_EXHAUSTED
 * @param names that one request may ask for; a stream that asks for more is ended with
 *     RESOURCE_EXHAUSTED
 */
public record XdsOptions(
    InetSocketAddress address, Optional<TlsOptions> tls, int streams, int names) {

  private static final int MOST_STREAMS = 10_000;
  private static final int MOST_NAMES = 2_000;

  public XdsOptions {
    if (streams < 1 || names < 1) {
      throw new IllegalArgumentException("at least one stream and one name");
    }
  }

  /** Without TLS, 10,000 streams, 2,000 names. */
  public static XdsOptions at(InetSocketAddress address) {
    return new XdsOptions(address, Optional.empty(), MOST_STREAMS, MOST_NAMES);
  }

  /** With TLS, if there is any. */
  public XdsOptions withTls(Optional<TlsOptions> other) {
    return new XdsOptions(address, other, streams, names);
  }

  /** With another bound for streams. */
  public XdsOptions withStreams(int other) {
    return new XdsOptions(address, tls, other, names);
  }
}
