package io.holdfast.registry.internal.format;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;

/** Our own format: see {@link ServiceInstance} for the fields. */
public enum HoldfastFormat implements RegistryFormat {
  /** The only one. */
  INSTANCE;

  /** Where the instances of all services are. */
  public static final Key DIRECTORY = Key.of("services");

  @Override
  public Key services() {
    return DIRECTORY;
  }

  @Override
  public Payload encode(ServiceInstance instance) {
    return InstanceJson.encode(instance);
  }

  @Override
  public ServiceInstance decode(String service, String id, Payload payload)
      throws MalformedInstanceException {
    try {
      ServiceInstance instance = InstanceJson.decode(payload);
      if (!instance.service().equals(service) || !instance.id().equals(id)) {
        throw new MalformedInstanceException("it speaks of another instance than its key");
      }
      return instance;
    } catch (InstanceJson.MalformedException e) {
      throw new MalformedInstanceException(String.valueOf(e.getMessage()));
    }
  }
}
