package io.holdfast.testkit.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Very many connections, each with one request that waits; one thread, no client library. */
public final class WaitingRequests implements AutoCloseable {

  private final Selector selector;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final ByteBuffer space = ByteBuffer.allocateDirect(1 << 16);

  /** Opens {@code count} connections to a port of this machine and sends a GET on each. */
  public WaitingRequests(int port, int count, String path) throws IOException {
    selector = Selector.open();
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(server);
      channels.add(channel);
      ByteBuffer out = ByteBuffer.wrap(request);
      while (out.hasRemaining()) {
        channel.write(out);
      }
      channel.configureBlocking(false);
      @SuppressWarnings("UnnecessaryStringBuilder") // it grows
      StringBuilder text = new StringBuilder();
      channel.register(selector, SelectionKey.OP_READ, text);
    }
  }

  /**
   * Reads until every one has been answered with 200 and {@code wanted}.
   *
   * @return how many were, within the time
   */
  public int awaitAnswers(String wanted, long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    int answered = 0;
    while (answered < channels.size() && System.nanoTime() < end) {
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        space.clear();
        int read = ((SocketChannel) key.channel()).read(space);
        if (read < 0) {
          key.cancel();
          continue;
        }
        space.flip();
        StringBuilder text = (StringBuilder) key.attachment();
        text.append(StandardCharsets.ISO_8859_1.decode(space));
        if (text.indexOf("HTTP/1.1 200") == 0 && text.indexOf(wanted) > 0) {
          answered++;
          key.cancel();
        }
      }
      selector.selectedKeys().clear();
    }
    return answered;
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
