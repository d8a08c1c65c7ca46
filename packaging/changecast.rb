class Changecast < Formula
  desc "Semantic change log, feeds and signed log of a sub-processor list kept in git"
  homepage "https://github.com/changecast/changecast"
  version "{version}"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/changecast/changecast/releases/download/v{version}/changecast-v{version}-aarch64-apple-darwin.tar.gz"
      sha256 "{sha256 aarch64-apple-darwin}"
    end
    on_intel do
      url "https://github.com/changecast/changecast/releases/download/v{version}/changecast-v{version}-x86_64-apple-darwin.tar.gz"
      sha256 "{sha256 x86_64-apple-darwin}"
    end
  end
  on_linux do
    on_arm do
      url "https://github.com/changecast/changecast/releases/download/v{version}/changecast-v{version}-aarch64-unknown-linux-musl.tar.gz"
      sha256 "{sha256 aarch64-unknown-linux-musl}"
    end
    on_intel do
      url "https://github.com/changecast/changecast/releases/download/v{version}/changecast-v{version}-x86_64-unknown-linux-musl.tar.gz"
      sha256 "{sha256 x86_64-unknown-linux-musl}"
    end
  end

  def install
    bin.install "changecast"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/changecast.bash" => "changecast"
    zsh_completion.install "completions/_changecast"
    fish_completion.install "completions/changecast.fish"
  end

  test do
    system bin/"changecast", "demo", "demo"
    assert_match "OK", shell_output("#{bin}/changecast verify demo/feeds --root demo/root.pub")
  end
end
