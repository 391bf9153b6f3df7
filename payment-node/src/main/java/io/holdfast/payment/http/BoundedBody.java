package io.holdfast.payment.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a body, up to a number of them: more is an {@link IOException}, and the connection
 * is dropped. Without it, whoever answers could fill the memory.
 */
final class BoundedBody implements BodySubscriber<byte[]> {

  private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
  private final long most;

  /** Used by one thread at a time, as is what follows. */
  private long read;

  private @Nullable Subscription subscription;

  private BoundedBody(long most) {
    this.most = most;
  }

  static BodyHandler<byte[]> ofAtMost(long bytes) {
    return response -> new BoundedBody(bytes);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return bytes.getBody();
  }

  @Override
  public void onSubscribe(Subscription to) {
    subscription = to;
    bytes.onSubscribe(to);
  }

  @Override
  public void onNext(List<ByteBuffer> more) {
    read += more.stream().mapToLong(ByteBuffer::remaining).sum();
    if (read <= most) {
      bytes.onNext(more);
    } else if (subscription != null) {
      subscription.cancel();
      bytes.onError(new IOException("a body of more than " + most + " bytes"));
    }
  }

  @Override
  public void onError(Throwable failure) {
    bytes.onError(failure);
  }

  @Override
  public void onComplete() {
    bytes.onComplete();
  }
}
