package io.holdfast.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A gRPC proxy in front of one server that lets Txns be done, and then answers in the server's name
 * that there is no space for them.
 */
final class NoSpaceProxy implements AutoCloseable {

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private final ManagedChannel channel;
  private final Server server;

  /** What stands in the requests that are answered so; empty if none are. */
  private volatile String denied = "";

  NoSpaceProxy(String endpoint) {
    this.channel = NettyChannelBuilder.forTarget(endpoint).usePlaintext().build();
    try {
      this.server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .fallbackHandlerRegistry(new Everything())
              .directExecutor()
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String endpoint() {
    return "127.0.0.1:" + server.getPort();
  }

  /** From now on Txns in which {@code text} stands are done, and said to have found no space. */
  void deny(String text) {
    denied = text;
  }

  private final class Everything extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
      return ServerMethodDefinition.create(
          MethodDescriptor.newBuilder(BYTES, BYTES)
              .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(method)
              .build(),
          (call, headers) -> new Relay(call).start(headers));
    }
  }

  /** One call: what comes in goes on, and the answer comes back. */
  private final class Relay extends ServerCall.Listener<byte[]> {

    private final ServerCall<byte[], byte[]> inbound;
    private final ClientCall<byte[], byte[]> outbound;
    private volatile boolean denying;

    Relay(ServerCall<byte[], byte[]> inbound) {
      this.inbound = inbound;
      this.outbound = channel.newCall(inbound.getMethodDescriptor(), CallOptions.DEFAULT);
    }

    Relay start(Metadata headers) {
      outbound.start(new Answer(), headers);
      outbound.request(Integer.MAX_VALUE);
      inbound.request(Integer.MAX_VALUE);
      return this;
    }

    @Override
    public void onMessage(byte[] message) {
      denying =
          inbound.getMethodDescriptor().getFullMethodName().equals("etcdserverpb.KV/Txn")
              && !denied.isEmpty()
              && new String(message, UTF_8).contains(denied);
      outbound.sendMessage(message);
    }

    @Override
    public void onHalfClose() {
      outbound.halfClose();
    }

    @Override
    public void onCancel() {
      outbound.cancel("the client has gone", null);
    }

    private final class Answer extends ClientCall.Listener<byte[]> {
      @Override
      public void onHeaders(Metadata headers) {
        if (!denying) {
          inbound.sendHeaders(headers);
        }
      }

      @Override
      public void onMessage(byte[] message) {
        if (!denying) {
          inbound.sendMessage(message);
        }
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        if (denying && status.isOk()) {
          inbound.close(
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "etcdserver: mvcc: database space exceeded"),
              new Metadata());
        } else {
          inbound.close(status, trailers);
        }
      }
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    channel.shutdownNow();
  }
}
