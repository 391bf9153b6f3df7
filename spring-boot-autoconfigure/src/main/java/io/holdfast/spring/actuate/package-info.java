/**
 * What operators see of an application through Spring Boot's actuator: health, metrics, and the
 * endpoint {@code holdfast} with locks, services, drains and the reasons of the balancer.
 */
@NullMarked
package io.holdfast.spring.actuate;

import org.jspecify.annotations.NullMarked;
