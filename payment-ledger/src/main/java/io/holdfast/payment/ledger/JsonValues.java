package io.holdfast.payment.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/** The types of the ledger that are a single text in JSON; money is {@code {amount, currency}}. */
final class JsonValues extends SimpleModule {

  private static final long serialVersionUID = 1;

  JsonValues() {
    super("holdfast-ledger");
    text(AccountId.class, AccountId::new, AccountId::value);
    text(DocumentId.class, DocumentId::new, DocumentId::value);
    text(IdempotencyKey.class, IdempotencyKey::new, IdempotencyKey::value);
    addSerializer(Money.class, new MoneyWriter());
    addDeserializer(Money.class, new MoneyReader());
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.insertAnnotationIntrospector(new Required());
  }

  /** Which components must not be missing. */
  private static final class Required extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasRequiredMarker(AnnotatedMember component) {
      Class<?> type = component.getRawType();
      return type != Optional.class && type != OptionalInt.class && type != OptionalLong.class;
    }
  }

  private <T> void text(Class<T> type, Function<String, T> read, Function<T, String> write) {
    addSerializer(type, new TextWriter<>(type, write));
    addDeserializer(type, new TextReader<>(type, read));
  }

  private static final class TextWriter<T> extends StdSerializer<T> {
    private static final long serialVersionUID = 1;
    private final transient Function<T, String> write;

    TextWriter(Class<T> type, Function<T, String> write) {
      super(type);
      this.write = write;
    }

    @Override
    public void serialize(T value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      to.writeString(write.apply(value));
    }
  }

  private static final class TextReader<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1;
    private final transient Function<String, T> read;

    TextReader(Class<T> type, Function<String, T> read) {
      super(type);
      this.read = read;
    }

    @Override
    public T deserialize(JsonParser from, DeserializationContext context) throws IOException {
      if (!from.hasToken(JsonToken.VALUE_STRING)) {
        return context.reportInputMismatch(this, "a text is wanted");
      }
      return read(from.getText(), from);
    }

    private T read(String text, JsonParser from) throws IOException {
      try {
        return read.apply(text);
      } catch (IllegalArgumentException e) {
        throw com.fasterxml.jackson.databind.JsonMappingException.from(from, e.getMessage(), e);
      }
    }
  }

  /** As clients write money. */
  private record MoneyBody(long amount, String currency) {}

  private static final class MoneyWriter extends StdSerializer<Money> {
    private static final long serialVersionUID = 1;

    MoneyWriter() {
      super(Money.class);
    }

    @Override
    public void serialize(Money value, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      to.writePOJO(new MoneyBody(value.minorUnits(), value.code()));
    }
  }

  private static final class MoneyReader extends StdDeserializer<Money> {
    private static final long serialVersionUID = 1;

    MoneyReader() {
      super(Money.class);
    }

    @Override
    public Money deserialize(JsonParser from, DeserializationContext context) throws IOException {
      MoneyBody body = context.readValue(from, MoneyBody.class);
      try {
        return Money.of(body.amount(), body.currency());
      } catch (IllegalArgumentException e) {
        throw com.fasterxml.jackson.databind.JsonMappingException.from(from, e.getMessage(), e);
      }
    }
  }
}
