package io.holdfast.gateway.xds;

import java.net.InetSocketAddress;

/**
 * How the xDS door runs.
 *
 * @param address to listen on; the port may be 0
 * @param streams of clients at a time; further ones are refused with RESOURCE_EXHAUSTED
 * @param names that one request may ask for; a stream that asks for more is ended with
 *     RESOURCE_EXHAUSTED
 */
public record XdsOptions(InetSocketAddress address, int streams, int names) {

  private static final int MOST_STREAMS = 10_000;
  private static final int MOST_NAMES = 2_000;

  public XdsOptions {
    if (streams < 1 || names < 1) {
      throw new IllegalArgumentException("at least one stream and one name");
    }
  }

  /** 10,000 streams, 2,000 names. */
  public static XdsOptions at(InetSocketAddress address) {
    return new XdsOptions(address, MOST_STREAMS, MOST_NAMES);
  }
}
