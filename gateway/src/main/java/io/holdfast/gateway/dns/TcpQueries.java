package io.holdfast.gateway.dns;

import io.holdfast.spi.Durations;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers queries over TCP, one at a time on each connection: the next is not read before the
 * client's machine has taken the answer. So a client that asks and does not read costs one answer.
 * All calls come on the connection's event loop.
 */
final class TcpQueries extends SimpleChannelInboundHandler<ByteBuf> {

  private static final Logger LOG = LoggerFactory.getLogger(TcpQueries.class);

  /** A query is a name, twelve bytes and perhaps a few options. */
  private static final int LONGEST_QUERY = 1_024;

  /** So many more may have come while one is answered. */
  private static final int MOST_AHEAD = 64;

  private final Zone zone;
  private final Queue<ByteBuf> ahead = new ArrayDeque<>();
  private boolean answering;

  private TcpQueries(Zone zone) {
    this.zone = zone;
  }

  /** Admits connections, as many as the options say. All of them are on one event loop. */
  static final class Connections extends ChannelInitializer<SocketChannel> {

    private final DnsOptions options;
    private final Zone zone;

    /** On the event loop only, as the number is. */
    private final Map<InetAddress, Integer> bySource = new HashMap<>();

    private int open;

    Connections(DnsOptions options, Zone zone) {
      this.options = options;
      this.zone = zone;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      InetAddress source = channel.remoteAddress().getAddress();
      int ofSource = bySource.getOrDefault(source, 0);
      if (open >= options.connections() || ofSource >= options.perSource()) {
        channel.close();
        return;
      }
      open++;
      bySource.put(source, ofSource + 1);
      channel
          .closeFuture()
          .addListener(
              closed -> {
                open--;
                bySource.computeIfPresent(source, (at, count) -> count == 1 ? null : count - 1);
              });
      long patience = Durations.millis(options.patience());
      ChannelPipeline pipeline = channel.pipeline();
      pipeline.addLast(new WriteTimeoutHandler(patience, TimeUnit.MILLISECONDS));
      pipeline.addLast(new LengthFieldBasedFrameDecoder(LONGEST_QUERY, 0, 2, 0, 2));
      // Behind the decoder: it waits for a whole query, whatever trickles in.
      pipeline.addLast(new ReadTimeoutHandler(patience, TimeUnit.MILLISECONDS));
      pipeline.addLast(new TcpQueries(zone));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
    if (!answering) {
      answer(context, message);
    } else if (ahead.size() < MOST_AHEAD) {
      ahead.add(message.retain());
      context.channel().config().setAutoRead(false);
    } else {
      context.close();
    }
  }

  private void answer(ChannelHandlerContext context, ByteBuf message) {
    Optional<DnsQuery> parsed = DnsQuery.parse(message);
    if (parsed.isEmpty()) {
      context.close();
      return;
    }
    DnsQuery query = parsed.orElseThrow();
    ByteBuf out = context.alloc().buffer();
    try {
      ResponseWriter.overTcp(out, query, zone.answer(query));
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
    answering = true;
    context.write(context.alloc().buffer(2).writeShort(out.readableBytes()));
    context
        .writeAndFlush(out)
        .addListener(
            written -> {
              answering = false;
              if (written.isSuccess()) {
                next(context);
              } else {
                context.close();
              }
            });
  }

  private void next(ChannelHandlerContext context) {
    ByteBuf message = ahead.poll();
    if (message == null) {
      context.channel().config().setAutoRead(true);
      return;
    }
    try {
      answer(context, message);
    } finally {
      message.release();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    ahead.forEach(ByteBuf::release);
    ahead.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a DNS connection was closed: {}", cause.toString());
    context.close();
  }
}
