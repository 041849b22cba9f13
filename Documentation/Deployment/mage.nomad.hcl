# A host of sandboxed workers with Nomad's Docker driver. The profile is read from the client's file system.
job "example-host" {
  datacenters = ["dc1"]

  group "host" {
    count = 2

    task "host" {
      driver = "docker"
      user   = "1000:1000"

      config {
        image    = "registry.example/host:1"
        command  = "/usr/libexec/example/host"
        cap_drop = ["all"]
        security_opt = [
          "no-new-privileges",
          "apparmor=unconfined",
          "seccomp=/etc/nomad.d/container-seccomp.json",
        ]
        readonly_rootfs = true
      }

      resources {
        cpu    = 2000
        memory = 2048
      }
    }
  }
}
