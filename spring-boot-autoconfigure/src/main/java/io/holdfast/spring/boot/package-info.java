/**
 * Holdfast as beans of a Spring Boot application, configured by {@code holdfast.*}. Read {@link
 * io.holdfast.spring.boot.HoldfastProperties} first, then {@link
 * io.holdfast.spring.boot.HoldfastAutoConfiguration}. Discovery, load balancing and the actuator
 * have packages of their own beside this one.
 */
@NullMarked
package io.holdfast.spring.boot;

import org.jspecify.annotations.NullMarked;
