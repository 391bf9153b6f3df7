package io.holdfast.gateway.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers queries over UDP, each at once. */
final class UdpQueries extends SimpleChannelInboundHandler<DatagramPacket> {

  private static final Logger LOG = LoggerFactory.getLogger(UdpQueries.class);

  private final Zone zone;
  private final SourceLimit limit;
  private boolean drop;

  UdpQueries(Zone zone, SourceLimit limit) {
    this.zone = zone;
    this.limit = limit;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    boolean accepted = limit.accepts(packet.sender().getAddress(), System.nanoTime());
    if (!accepted) {
      drop = !drop;
      if (drop) {
        return;
      }
    }
    Optional<DnsQuery> parsed = DnsQuery.parse(packet.content());
    if (parsed.isEmpty()) {
      return;
    }
    DnsQuery query = parsed.orElseThrow();
    ByteBuf out = context.alloc().buffer(ResponseWriter.MOST_OVER_UDP);
    try {
      if (accepted) {
        ResponseWriter.overUdp(out, query, zone.answer(query));
      } else {
        ResponseWriter.askOverTcp(out, query);
      }
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
    context.write(new DatagramPacket(out, packet.sender()));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a DNS query over UDP could not be answered", cause);
  }
}
