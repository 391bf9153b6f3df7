/**
 * The application as an instance of a service: registered when its web server listens, UP when it
 * is ready, drained before the web server stops. Read {@link
 * io.holdfast.spring.registration.InstanceLifecycle} first.
 */
@NullMarked
package io.holdfast.spring.registration;

import org.jspecify.annotations.NullMarked;
