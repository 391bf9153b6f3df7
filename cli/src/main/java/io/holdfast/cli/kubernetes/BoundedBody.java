package io.holdfast.cli.kubernetes;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a body, up to a number of them: more is a {@link TooLongException}, and the
 * connection is dropped. Called as reactive streams are: one call after the other.
 */
final class BoundedBody implements BodySubscriber<byte[]> {

  private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
  private final int most;
  private long length;
  private @Nullable Subscription subscription;

  private BoundedBody(int most) {
    this.most = most;
  }

  static BodyHandler<byte[]> ofAtMost(int bytes) {
    return response -> new BoundedBody(bytes);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return bytes.getBody();
  }

  @Override
  public void onSubscribe(Subscription begun) {
    subscription = begun;
    bytes.onSubscribe(begun);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    length += part.stream().mapToLong(ByteBuffer::remaining).sum();
    if (length <= most) {
      bytes.onNext(part);
    } else if (subscription != null) {
      subscription.cancel();
      bytes.onError(new TooLongException("the answer has more than " + most + " bytes"));
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
