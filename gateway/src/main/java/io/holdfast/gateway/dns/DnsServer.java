package io.holdfast.gateway.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authoritative DNS server for one zone. It asks no other server, transfers no zone, and answers
 * no question for all records of a name. Answers over UDP are small and limited in number, those
 * over TCP complete. Two threads.
 */
public final class DnsServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
  private static final int BACKLOG = 128;
  private static final int PORT_TRIES = 20;

  private final EventLoopGroup udpLoop = loop("holdfast-dns-udp");
  private final EventLoopGroup tcpLoop = loop("holdfast-dns-tcp");
  private final Zone zone;
  private final DnsOptions options;
  private InetSocketAddress address;

  private DnsServer(DnsOptions options, ServiceLookup services) {
    this.options = options;
    this.zone = new Zone(options, services);
    this.address = options.address();
  }

  private static EventLoopGroup loop(String name) {
    return new MultiThreadIoEventLoopGroup(
        1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
  }

  /**
   * Starts one.
   *
   * @throws IOException if the port is taken, or not ours to take
   */
  static DnsServer start(DnsOptions options, ServiceLookup services) throws IOException {
    DnsServer server = new DnsServer(options, services);
    try {
      server.bind();
      LOG.info("DNS for {} on {}, over UDP and TCP", options.zone(), server.address);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Both protocols get the same port, also if any will do. */
  private void bind() throws IOException {
    for (int tries = 1; ; tries++) {
      Channel tcp = bound(tcp().bind(options.address()));
      address = (InetSocketAddress) tcp.localAddress();
      try {
        bound(udp().bind(address));
        return;
      } catch (IOException e) {
        tcp.close().awaitUninterruptibly();
        if (options.address().getPort() != 0 || tries == PORT_TRIES) {
          throw e;
        }
      }
    }
  }

  private static Channel bound(ChannelFuture binding) throws IOException {
    binding.awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException("the DNS server cannot listen: " + binding.cause().getMessage());
    }
    return binding.channel();
  }

  private ServerBootstrap tcp() {
    return new ServerBootstrap()
        .group(tcpLoop)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new TcpQueries.Connections(options, zone));
  }

  private Bootstrap udp() {
    int seed = new SecureRandom().nextInt();
    SourceLimit limit = new SourceLimit(options.perSecond(), seed, System.nanoTime());
    return new Bootstrap()
        .group(udpLoop)
        .channel(NioDatagramChannel.class)
        .handler(new UdpQueries(zone, limit));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** Stops listening and ends all connections. Idempotent. Waits a moment for the threads. */
  @Override
  public void close() {
    udpLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    tcpLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    udpLoop.terminationFuture().awaitUninterruptibly(2, TimeUnit.SECONDS);
    tcpLoop.terminationFuture().awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
