package io.holdfast.spring.transaction;

import io.holdfast.transaction.outbox.Delivery;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.outbox.Publisher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.cloud.stream.function.StreamOperations;
import org.springframework.messaging.support.MessageBuilder;

/**
 * Delivers the messages of an outbox by Spring Cloud Stream's {@link StreamBridge}: the publisher
 * of an {@link OutboxRelay}.
 *
 * <p><b>The binding's producer must wait for its broker</b> ({@code
 * spring.cloud.stream.kafka.bindings.NAME.producer.sync=true}, publisher confirms of RabbitMQ). One
 * that does not says that a message is sent before the broker has it, and then it can be lost: the
 * outbox marks what was sent as delivered.
 *
 * <p>The body is the payload. The headers {@value #ID}, {@value #TOPIC}, {@value #KEY} and {@value
 * #CREATED} hold the rest as text; receivers drop what they have seen by the id. Partition by
 * {@code headers['outbox-key']}, so that the order of a key is kept.
 */
public final class StreamBridgePublisher implements Publisher {

  /** The header of the message's id. */
  public static final String ID = "outbox-id";

  /** The header of the message's topic. */
  public static final String TOPIC = "outbox-topic";

  /** The header of the message's key; it is not there if the message has none. */
  public static final String KEY = "outbox-key";

  /** The header of the time when the message was made, such as {@code 2026-01-31T10:15:30.123Z}. */
  public static final String CREATED = "outbox-created";

  private final StreamOperations bridge;
  private final Function<? super Message, String> bindings;
  private final Executor executor;

  /**
   * To the bindings that have the names of the messages' topics.
   *
   * @param bridge the application's {@link StreamBridge}
   * @param executor where it is called, which may block as long as the broker takes; with at least
   *     as many threads as the relay delivers keys at a time
   */
  public StreamBridgePublisher(StreamOperations bridge, Executor executor) {
    this(bridge, Message::topic, executor);
  }

  /**
   * To bindings of other names.
   *
   * @param bindings the binding of a message
   */
  public StreamBridgePublisher(
      StreamOperations bridge, Function<? super Message, String> bindings, Executor executor) {
    this.bridge = bridge;
    this.bindings = bindings;
    this.executor = executor;
  }

  @Override
  public CompletionStage<Delivery> publish(Message message) {
    return CompletableFuture.supplyAsync(() -> send(message), executor);
  }

  /** What it throws counts as unknown. */
  private Delivery send(Message message) {
    MessageBuilder<String> built =
        MessageBuilder.withPayload(message.body())
            .setHeader(ID, message.id().toString())
            .setHeader(TOPIC, message.topic())
            .setHeader(CREATED, message.created().toString());
    message.key().ifPresent(key -> built.setHeader(KEY, key));
    String binding = bindings.apply(message);
    return bridge.send(binding, built.build())
        ? new Delivery.Delivered()
        : new Delivery.Unknown("the channel of binding " + binding + " has not taken it");
  }
}
